package io.github.quotaguard.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state machine: the counters, allocations and ledger of one tenant, and what each command does to them. Pure
 * apart from the random generation of a new life: no clock, no I/O, no other tenant. A store that can read and replace
 * the state of one tenant atomically needs nothing else; {@link TenantStateStore} calls it.
 *
 * <p>Not thread-safe: one command at a time. A command that throws has changed nothing.
 */
public final class TenantState {

    TenantBooks books;

    /** Creates the state of a tenant that was never charged. */
    public TenantState() {
        this(new TenantBooks());
    }

    private TenantState(TenantBooks books) {
        this.books = books;
    }

    /**
     * Restores what {@link #toBytes} has kept.
     *
     * @param bytes the bytes
     * @return a state that answers as the one that was kept
     * @throws IllegalArgumentException if that is not what {@link #toBytes} of this version or an earlier one has
     *     written, down to the last bit
     */
    public static TenantState fromBytes(byte[] bytes) {
        return new TenantState(TenantFormat.read(bytes));
    }

    /**
     * Keeps everything, for a storage that knows only bytes. Equal states give equal bytes, so a store can tell whether
     * a step has changed anything.
     *
     * @return about 200 bytes for each version of a file and as many for each entry of the ledger
     */
    public byte[] toBytes() {
        return TenantFormat.write(books);
    }

    /**
     * Does {@link UsageStore#reserve}.
     *
     * @param command what to hold, and the limits
     * @param now the store's clock
     * @return the result, never busy
     */
    public ReserveResult reserve(ReserveCommand command, Instant now) {
        return reserve(command, Moment.of(now));
    }

    ReserveResult reserve(ReserveCommand command, Moment moment) {
        AllocationSpec spec = command.spec();
        FileLives file = books.file(spec.id().file());
        List<Allocation> live = file == null ? List.of() : file.live();
        Optional<ReserveResult> answer = Lifecycle.answerToReserve(spec, live);
        if (answer.isPresent()) {
            boolean expired =
                    Lifecycle.isOverdue(answer.get(), moment.now()) && books.expireDue(moment, Integer.MAX_VALUE) > 0;
            return expired ? reserve(command, moment) : answer.get();
        }
        Optional<Allocation> retried = Lifecycle.retried(spec, live);
        if (retried.isPresent()) {
            return new ReserveResult.Granted(
                    books.renew(retried.get(), command.ttl(), moment.now()).snapshot());
        }
        long bytes = Math.max(0, spec.bytes() - Lifecycle.credit(spec, live));
        int newFiles = live.isEmpty() ? 1 : 0;
        Counter[] counters = books.counters.of(command.limits());
        Charge charge = new Charge(spec, bytes, newFiles, spec.bytes(), moment);
        if (charge.fits(counters, command.limits())) {
            charge.noteGrace(counters, command.limits());
            return new ReserveResult.Granted(books.begin(command, counters, bytes, newFiles, moment.now())
                    .snapshot());
        }
        if (books.expireDue(moment, Integer.MAX_VALUE) > 0) {
            return reserve(command, moment);
        }
        return new ReserveResult.Refused(charge.exceeded(counters, command.limits()));
    }

    /**
     * Does {@link UsageStore#extendTo}.
     *
     * @param command the handle, the size and the limits
     * @param now the store's clock
     * @return the result, never busy
     */
    public ExtendResult extendTo(ExtendCommand command, Instant now) {
        return extendTo(command, Moment.of(now));
    }

    private ExtendResult extendTo(ExtendCommand command, Moment moment) {
        Life life = books.life(command.reservation().id(), command.reservation().generation());
        if (life == null) {
            return new ExtendResult.Unknown();
        }
        if (life.state != AllocationState.RESERVED) {
            return new ExtendResult.Ended(life.snapshot());
        }
        books.renew(life, command.ttl(), moment.now());
        long credit = bytesOf(books.fileOf(life).replacedBy(life.spec));
        long more = Math.max(0, command.toHold(credit) - life.bytes);
        Charge charge = new Charge(life.spec, more, 0, command.bytes(), moment);
        if (charge.fits(life.counters, command.limits())) {
            charge.noteGrace(life.counters, command.limits());
            life.bytes += more;
            life.move(0, more, moment.now());
            return new ExtendResult.Extended(life.snapshot());
        }
        if (books.expireDue(moment, Integer.MAX_VALUE) > 0) {
            return extendTo(command, moment);
        }
        return new ExtendResult.Refused(charge.exceeded(life.counters, command.limits()));
    }

    /**
     * Does {@link UsageStore#commit}.
     *
     * @param reservation the handle
     * @param bytes the size stored
     * @param now the store's clock
     * @return the result
     */
    public CommitResult commit(Allocation reservation, long bytes, Instant now) {
        CommitResult.requireBytes(bytes);
        Life life = books.life(reservation.id(), reservation.generation());
        if (life == null || life.state != AllocationState.RESERVED) {
            return Lifecycle.answerToCommit(Optional.ofNullable(life).map(Life::snapshot), bytes)
                    .orElseThrow();
        }
        List<Life> replaced = books.fileOf(life).replacedBy(life.spec);
        long toHold = bytes - bytesOf(replaced);
        if (toHold > life.bytes) {
            return new CommitResult.NotCovered(life.snapshot(), toHold);
        }
        for (Life old : replaced) {
            books.delete(old, life.spec.actor(), null, now);
        }
        books.commit(life, bytes, now);
        return new CommitResult.Committed(life.snapshot());
    }

    private static long bytesOf(List<Life> replaced) {
        long bytes = 0;
        for (Life life : replaced) {
            bytes += life.bytes;
        }
        return bytes;
    }

    /**
     * Does {@link UsageStore#release}.
     *
     * @param reservation the handle
     * @param now the store's clock
     * @return the result
     */
    public ReleaseResult release(Allocation reservation, Instant now) {
        Life life = books.life(reservation.id(), reservation.generation());
        if (life == null || life.state != AllocationState.RESERVED) {
            return Lifecycle.answerToRelease(Optional.ofNullable(life).map(Life::snapshot))
                    .orElseThrow();
        }
        books.giveUp(life, EntryKind.RELEASE, now);
        return ReleaseResult.RELEASED;
    }

    /**
     * Does {@link UsageStore#abandon}.
     *
     * @param reservation the handle
     * @param now the store's clock
     * @return the result
     */
    public ReleaseResult abandon(Allocation reservation, Instant now) {
        Life life = books.life(reservation.id(), reservation.generation());
        if (life != null && life.state == AllocationState.RESERVED && life.attempt != reservation.attempt()) {
            return ReleaseResult.NO_EFFECT;
        }
        return release(reservation, now);
    }

    /**
     * Does {@link UsageStore#delete}.
     *
     * @param command the file
     * @param now the store's clock
     * @return the result
     */
    public DeleteResult delete(DeleteCommand command, Instant now) {
        List<Allocation> deleted = new ArrayList<>();
        List<Allocation> reserved = new ArrayList<>();
        FileLives file = books.file(command.file());
        for (Life life : file == null ? List.<Life>of() : List.copyOf(file.all())) {
            if (life.state.isLive() && command.selects(life.snapshot())) {
                if (life.state == AllocationState.COMMITTED) {
                    books.delete(life, command.actor(), command.reason(), now);
                    deleted.add(life.snapshot());
                } else {
                    reserved.add(life.snapshot());
                }
            }
        }
        return new DeleteResult(deleted, reserved);
    }

    /**
     * Does {@link UsageStore#usage}.
     *
     * @param account an account of this tenant
     * @param now the store's clock
     * @return its counters
     */
    public AccountCounters usage(AccountId account, Instant now) {
        return usage(account, Moment.of(now));
    }

    AccountCounters usage(AccountId account, Moment moment) {
        return books.counters.usage(account, moment);
    }

    /**
     * Does {@link UsageStore#find(FileVersion)}.
     *
     * @param id the version of the file
     * @return its current life
     */
    public Optional<Allocation> find(FileVersion id) {
        FileLives file = books.file(id.file());
        return Optional.ofNullable(file == null ? null : file.get(id.version())).map(Life::snapshot);
    }

    /**
     * Does {@link UsageStore#find(FileVersion, long)}.
     *
     * @param id the version of the file
     * @param generation the life
     * @return that life
     */
    public Optional<Allocation> find(FileVersion id, long generation) {
        return Optional.ofNullable(books.life(id, generation)).map(Life::snapshot);
    }

    /**
     * Does {@link UsageStore#versions}.
     *
     * @param file the file's id
     * @return its live versions, in the order of their ids
     */
    public List<Allocation> versions(String file) {
        FileLives lives = books.file(file);
        return lives == null ? List.of() : lives.live();
    }

    /**
     * Does {@link UsageStore#sweep} for this tenant.
     *
     * @param now the store's clock
     * @param limit the most lives to expire, and the most to forget
     * @return what it did
     */
    public SweepResult sweep(Instant now, int limit) {
        return new SweepResult(books.expireDue(Moment.of(now), limit), 0, books.prune(now, limit));
    }

    /**
     * Says whether {@link #sweep} would do something.
     *
     * @param now the store's clock
     * @return true if a deadline has passed or an ended life may be forgotten
     */
    public boolean isSweepDue(Instant now) {
        return books.isExpiryDue(Moment.of(now)) || books.isPruningDue(now);
    }

    /**
     * Does {@link UsageStore#accounts} for this tenant.
     *
     * @return every account charged, in the order of their paths
     */
    public List<AccountId> accounts() {
        return books.counters.accounts();
    }

    /**
     * Does {@link UsageStore#allocations}.
     *
     * @param after the last id of the page before, or null
     * @param size the size of the page
     * @return a page, in the order of file and version ids
     */
    public Page<Allocation> allocations(@Nullable FileVersion after, int size) {
        Page.requireSize(size);
        return Page.of(books.allocations(after, size + 1), size);
    }

    /**
     * Does {@link UsageStore#entries}.
     *
     * @param afterSeq the number of the last entry of the page before, or 0
     * @param size the size of the page
     * @return a page
     */
    public Page<Entry> entries(long afterSeq, int size) {
        Page.requireSize(size);
        return Page.of(books.ledger.entries(afterSeq, size + 1), size);
    }

    TenantWarnings warnings() {
        return books.warnings;
    }

    /**
     * Says whether there is nothing to keep.
     *
     * @return true if the tenant was never charged, nor leased for a repair
     */
    public boolean isBlank() {
        return books.counters.accounts().isEmpty() && books.repairs.isBlank();
    }

    /** Forgets everything, and says how much that was. */
    long purge() {
        long records = (long) books.allocations(null, Integer.MAX_VALUE).size()
                + books.formerLives().size()
                + books.ledger.entries.size()
                + books.counters.accounts().size();
        books = new TenantBooks();
        return records;
    }
}
