package io.github.quotaguard.store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A complete {@link UsageStore} for any storage that can read and replace the {@link TenantState} of one tenant
 * atomically. A subclass supplies just that.
 */
public abstract class TenantStateStore implements UsageStore {

    private static final int SWEEP_BATCH = 1_000;

    private final InstantSource clock;
    private final SettlementListeners listeners = new SettlementListeners();
    private final TenantStateWarnings warnings;
    private final TenantStateRepairs repairs;
    private final TenantStateRetention retention;

    /**
     * Creates the store.
     *
     * @param clock the store's clock: deadlines are set and judged by it, so all nodes have to agree on it. Asked within
     *     {@link #update}, so that times are in the order of the commands and no file is deleted before it was stored: it
     *     must not wait for another command
     */
    protected TenantStateStore(InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        this.warnings = new TenantStateWarnings(this, clock, listeners);
        this.repairs = new TenantStateRepairs(this, clock, listeners);
        this.retention = new TenantStateRetention(this, clock, listeners);
    }

    /**
     * Runs a step on the state of a tenant, alone, and keeps the changed state durably before it returns; one that
     * {@link TenantState#isBlank} may be forgotten instead. If the step throws, nothing is kept.
     *
     * @param tenant the tenant, which may never have been charged
     * @param step what to do; it must not be run twice on the same state
     * @param <R> its result
     * @return what the step returned
     * @throws UsageStoreException if the storage failed
     */
    protected abstract <R> R update(String tenant, Function<TenantState, R> step);

    /**
     * Runs a step that only reads.
     *
     * @param tenant the tenant; if it was never charged, the step gets an empty state
     * @param step what to read
     * @param <R> its result
     * @return what the step returned
     * @throws UsageStoreException if the storage failed
     */
    protected abstract <R> R read(String tenant, Function<TenantState, R> step);

    /**
     * Returns the tenants that have a state.
     *
     * @return a snapshot, in natural order
     * @throws UsageStoreException if the storage failed
     */
    protected abstract SortedSet<String> tenants();

    @Override
    public ReserveResult reserve(ReserveCommand command) {
        return update(command.spec().id().tenant(), state -> state.reserve(command, new Moment(clock)));
    }

    /**
     * Takes those of one tenant that are neighbours in the list in one {@link #update}, which keeps nothing of any of
     * them if one throws; what was kept before for other neighbours stays.
     */
    @Override
    public List<ReserveResult> reserveAll(List<ReserveCommand> commands) {
        List<ReserveResult> results = new ArrayList<>(commands.size());
        while (results.size() < commands.size()) {
            List<ReserveCommand> left = commands.subList(results.size(), commands.size());
            String tenant = left.get(0).spec().id().tenant();
            results.addAll(update(
                    tenant,
                    state -> left.stream()
                            .takeWhile(command -> command.spec().id().tenant().equals(tenant))
                            .map(command -> state.reserve(command, clock.instant()))
                            .toList()));
        }
        return results;
    }

    /** Says so, since a batch of a tenant is one {@link #update}: to be overridden where that costs next to nothing. */
    @Override
    public boolean gainsFromBatches() {
        return true;
    }

    @Override
    public ExtendResult extendTo(ExtendCommand command) {
        return update(command.reservation().id().tenant(), state -> state.extendTo(command, clock.instant()));
    }

    @Override
    public CommitResult commit(Allocation reservation, long bytes) {
        CommitResult.requireBytes(bytes);
        String tenant = reservation.id().tenant();
        CommitResult result = update(tenant, state -> state.commit(reservation, bytes, clock.instant()));
        listeners.tell(tenant);
        return result;
    }

    @Override
    public ReleaseResult release(Allocation reservation) {
        return update(reservation.id().tenant(), state -> state.release(reservation, clock.instant()));
    }

    @Override
    public ReleaseResult abandon(Allocation reservation) {
        return update(reservation.id().tenant(), state -> state.abandon(reservation, clock.instant()));
    }

    @Override
    public DeleteResult delete(DeleteCommand command) {
        String tenant = command.account().tenant();
        DeleteResult result = update(tenant, state -> state.delete(command, clock.instant()));
        listeners.tell(tenant);
        return result;
    }

    @Override
    public AccountCounters usage(AccountId account) {
        return read(account.tenant(), state -> state.usage(account, new Moment(clock)));
    }

    @Override
    public Optional<Allocation> find(FileVersion id) {
        return read(id.tenant(), state -> state.find(id));
    }

    @Override
    public Optional<Allocation> find(FileVersion id, long generation) {
        return read(id.tenant(), state -> state.find(id, generation));
    }

    @Override
    public List<Allocation> versions(String tenant, String file) {
        AccountId.requireTenant(tenant);
        FileVersion.requireFile(file);
        return read(tenant, state -> state.versions(file));
    }

    @Override
    public SweepResult sweep() {
        SweepResult result = new SweepResult(0, 0, 0);
        for (String tenant : tenants()) {
            int left = SWEEP_BATCH - result.expired() - result.pruned();
            if (left <= 0) {
                break;
            }
            if (read(tenant, state -> state.isSweepDue(clock.instant()))) {
                result = result.plus(update(tenant, state -> state.sweep(clock.instant(), left)));
            }
        }
        return result;
    }

    @Override
    public Page<AccountId> accounts(@Nullable AccountId after, int size) {
        Page.requireSize(size);
        SortedSet<String> tenants = tenants();
        List<AccountId> found = (after == null ? tenants : tenants.tailSet(after.tenant()))
                .stream()
                        .flatMap(tenant -> read(tenant, TenantState::accounts).stream())
                        .filter(account -> after == null || isAfter(account, after))
                        .limit(size + 1L)
                        .toList();
        return Page.of(found, size);
    }

    static boolean isAfter(AccountId account, AccountId after) {
        return !account.tenant().equals(after.tenant()) || account.path().compareTo(after.path()) > 0;
    }

    @Override
    public Page<Allocation> allocations(String tenant, @Nullable FileVersion after, int size) {
        AccountId.requireTenant(tenant);
        return read(tenant, state -> state.allocations(after, size));
    }

    /** The ledger, whose every call is one step on the state of a tenant. */
    @Override
    public Optional<LedgerStore> ledger() {
        return Optional.of(new Ledger());
    }

    private final class Ledger implements LedgerStore {

        @Override
        public LedgerSlice ledger(LedgerSearch search) {
            return read(
                    search.account().tenant(),
                    state -> state.books.ledger.search(
                            search,
                            state.usage(search.account(), clock.instant()).total()));
        }

        @Override
        public Timeline timeline(TimelineQuery query) {
            return read(
                    query.account().tenant(),
                    state -> state.books.ledger.timeline(
                            query, state.usage(query.account(), clock.instant()).total()));
        }

        @Override
        public RollUpResult rollUp(String tenant, Instant before, int limit) {
            RollUp.require(tenant, before, limit, clock.instant());
            return update(tenant, state -> state.books.ledger.rollUp(before, limit));
        }
    }

    @Override
    public Page<Entry> entries(String tenant, long afterSeq, int size) {
        AccountId.requireTenant(tenant);
        return read(tenant, state -> state.entries(afterSeq, size));
    }

    @Override
    public Optional<WarningStore> warnings() {
        return Optional.of(warnings);
    }

    @Override
    public Optional<RepairStore> repairs() {
        return Optional.of(repairs);
    }

    @Override
    public Optional<RetentionStore> retention() {
        return Optional.of(retention);
    }

    /** Nothing is ever unsettled here, and no transaction stays open. */
    @Override
    public Optional<Backlog> backlog() {
        Instant now = clock.instant();
        List<Instant> deadlines = new ArrayList<>();
        for (String tenant : tenants()) {
            int left = Backlog.MAX_COUNT - deadlines.size();
            deadlines.addAll(read(tenant, state -> state.books.overdue(now, left)));
        }
        Instant oldest = deadlines.stream().min(Comparator.naturalOrder()).orElse(null);
        return Optional.of(new Backlog(now, 0, null, deadlines.size(), oldest, null));
    }
}
