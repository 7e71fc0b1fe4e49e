package io.github.quotaguard.store;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes each id for another one, as a database may whose columns compare in their own way. */
class RenamingStore extends SoundStore {

    private final UnaryOperator<String> renaming;

    RenamingStore(InstantSource clock, Map<String, byte[]> disk, UnaryOperator<String> renaming) {
        super(clock, disk);
        this.renaming = renaming;
    }

    private String renamed(String id) {
        String renamed = renaming.apply(id);
        return renamed.isEmpty() ? id : renamed;
    }

    private AccountId renamed(AccountId account) {
        return new AccountId(
                Arrays.stream(account.path().split("/", -1)).map(this::renamed).collect(Collectors.joining("/")));
    }

    private @Nullable Category renamed(@Nullable Category category) {
        return category == null ? null : new Category(renamed(category.name()));
    }

    private FileVersion renamed(FileVersion id) {
        return new FileVersion(renamed(id.tenant()), renamed(id.file()), renamed(id.version()));
    }

    private Replacement renamed(Replacement replacement) {
        return new Replacement(replacement.scope(), renamed(replacement.version()));
    }

    private AllocationSpec renamed(AllocationSpec spec) {
        return new AllocationSpec(
                renamed(spec.id()),
                renamed(spec.account()),
                renamed(spec.category()),
                spec.declaredBytes(),
                renamed(spec.replacement()),
                spec.metadata(),
                spec.retainUntil(),
                spec.forcedReason(),
                spec.actor());
    }

    private List<CounterLimit> renamed(List<CounterLimit> limits) {
        List<CounterLimit> renamed = new ArrayList<>();
        for (CounterLimit limit : limits) {
            renamed.add(new CounterLimit(
                    renamed(limit.account()),
                    renamed(limit.category()),
                    limit.maxBytes(),
                    limit.maxFiles(),
                    limit.maxBytesPerFile(),
                    limit.softLimit()));
        }
        return renamed;
    }

    private Allocation renamed(Allocation life) {
        return new Allocation(
                renamed(life.spec()),
                life.state(),
                life.generation(),
                life.attempt(),
                life.bytes(),
                life.bornAt(),
                life.deadline(),
                life.since());
    }

    @Override
    public ReserveResult reserve(ReserveCommand command) {
        return super.reserve(new ReserveCommand(renamed(command.spec()), command.ttl(), renamed(command.limits())));
    }

    @Override
    public ExtendResult extendTo(ExtendCommand command) {
        return super.extendTo(new ExtendCommand(
                renamed(command.reservation()),
                command.bytes(),
                command.heldBytes(),
                command.ttl(),
                renamed(command.limits())));
    }

    @Override
    public CommitResult commit(Allocation reservation, long bytes) {
        return super.commit(renamed(reservation), bytes);
    }

    @Override
    public ReleaseResult release(Allocation reservation) {
        return super.release(renamed(reservation));
    }

    @Override
    public ReleaseResult abandon(Allocation reservation) {
        return super.abandon(renamed(reservation));
    }

    @Override
    public DeleteResult delete(DeleteCommand command) {
        return super.delete(new DeleteCommand(
                renamed(command.account()),
                renamed(command.file()),
                command.version() == null ? null : renamed(command.version()),
                command.actor(),
                command.reason()));
    }

    @Override
    public AccountCounters usage(AccountId account) {
        return super.usage(renamed(account));
    }

    @Override
    public Optional<Allocation> find(FileVersion id) {
        return super.find(renamed(id));
    }

    @Override
    public Optional<Allocation> find(FileVersion id, long generation) {
        return super.find(renamed(id), generation);
    }

    @Override
    public List<Allocation> versions(String tenant, String file) {
        return super.versions(renamed(tenant), renamed(file));
    }

    @Override
    public Page<Allocation> allocations(String tenant, @Nullable FileVersion after, int size) {
        return super.allocations(renamed(tenant), after == null ? null : renamed(after), size);
    }

    @Override
    public Page<Entry> entries(String tenant, long afterSeq, int size) {
        return super.entries(renamed(tenant), afterSeq, size);
    }
}
