package io.github.quotaguard.store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stores of {@link Mutant} that do one thing wrong in a call. */
final class BrokenCalls {

    private BrokenCalls() {}

    static final class NoGuard extends SoundStore {

        NoGuard(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        private static List<CounterLimit> none(List<CounterLimit> limits) {
            return limits.stream()
                    .map(limit -> new CounterLimit(
                            limit.account(),
                            limit.category(),
                            CounterLimit.UNLIMITED,
                            CounterLimit.UNLIMITED,
                            CounterLimit.UNLIMITED,
                            limit.softLimit()))
                    .toList();
        }

        @Override
        public ReserveResult reserve(ReserveCommand command) {
            return super.reserve(new ReserveCommand(command.spec(), command.ttl(), none(command.limits())));
        }

        @Override
        public ExtendResult extendTo(ExtendCommand command) {
            return super.extendTo(new ExtendCommand(
                    command.reservation(),
                    command.bytes(),
                    command.heldBytes(),
                    command.ttl(),
                    none(command.limits())));
        }
    }

    /** Lets what is above a soft limit grow for ever. */
    static final class EndlessGrace extends SoundStore {

        EndlessGrace(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        private static List<CounterLimit> hard(List<CounterLimit> limits) {
            return limits.stream()
                    .map(limit -> new CounterLimit(
                            limit.account(),
                            limit.category(),
                            limit.maxBytes(),
                            limit.maxFiles(),
                            limit.maxBytesPerFile()))
                    .toList();
        }

        @Override
        public ReserveResult reserve(ReserveCommand command) {
            return super.reserve(new ReserveCommand(command.spec(), command.ttl(), hard(command.limits())));
        }

        @Override
        public ExtendResult extendTo(ExtendCommand command) {
            return super.extendTo(new ExtendCommand(
                    command.reservation(),
                    command.bytes(),
                    command.heldBytes(),
                    command.ttl(),
                    hard(command.limits())));
        }
    }

    static final class GuardOnUsedOnly extends SoundStore {

        GuardOnUsedOnly(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        /** Makes up for what is held, so that a guard on both lets through what one on used bytes alone would. */
        private static List<CounterLimit> raised(TenantState state, List<CounterLimit> limits) {
            return limits.stream().map(limit -> raised(state, limit)).toList();
        }

        private static CounterLimit raised(TenantState state, CounterLimit limit) {
            Usage usage = state.usage(limit.account(), Instant.EPOCH).of(limit.category());
            return new CounterLimit(
                    limit.account(),
                    limit.category(),
                    sum(limit.maxBytes(), usage.reservedBytes()),
                    sum(limit.maxFiles(), usage.reservedFiles()),
                    limit.maxBytesPerFile(),
                    limit.softLimit());
        }

        private static long sum(long limit, long reserved) {
            return limit > CounterLimit.UNLIMITED - reserved ? CounterLimit.UNLIMITED : limit + reserved;
        }

        @Override
        public ReserveResult reserve(ReserveCommand command) {
            return update(command.spec().id().tenant(), state -> {
                List<CounterLimit> raised = raised(state, command.limits());
                ReserveResult result =
                        state.reserve(new ReserveCommand(command.spec(), command.ttl(), raised), clock.instant());
                return result instanceof ReserveResult.Refused ? state.reserve(command, clock.instant()) : result;
            });
        }

        @Override
        public ExtendResult extendTo(ExtendCommand command) {
            return update(command.reservation().id().tenant(), state -> {
                ExtendResult result = state.extendTo(
                        new ExtendCommand(
                                command.reservation(),
                                command.bytes(),
                                command.heldBytes(),
                                command.ttl(),
                                raised(state, command.limits())),
                        clock.instant());
                return result instanceof ExtendResult.Refused ? state.extendTo(command, clock.instant()) : result;
            });
        }
    }

    static final class ChargesARetry extends SoundStore {

        ChargesARetry(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        @Override
        public ReserveResult reserve(ReserveCommand command) {
            return update(command.spec().id().tenant(), state -> {
                ReserveResult result = state.reserve(command, clock.instant());
                if (result instanceof ReserveResult.Granted granted
                        && granted.allocation().attempt() > 1) {
                    lifeOf(state, granted.allocation())
                            .move(0, granted.allocation().bytes(), clock.instant());
                }
                return result;
            });
        }
    }

    static final class NoStateCheckOnCommit extends SoundStore {

        NoStateCheckOnCommit(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        @Override
        public CommitResult commit(Allocation reservation, long bytes) {
            CommitResult result = super.commit(reservation, bytes);
            if (!(result instanceof CommitResult.Ended || result instanceof CommitResult.Conflict)) {
                return result;
            }
            return update(reservation.id().tenant(), state -> {
                Life life = lifeOf(state, reservation);
                state.books.commit(life, bytes, clock.instant());
                return new CommitResult.Committed(life.snapshot());
            });
        }
    }

    static final class DoubleRelease extends SoundStore {

        DoubleRelease(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        @Override
        public ReleaseResult release(Allocation reservation) {
            return update(reservation.id().tenant(), state -> {
                Life life = state.books.life(reservation.id(), reservation.generation());
                if (life == null || life.state.isLive() || life.state == AllocationState.DELETED) {
                    return state.release(reservation, clock.instant());
                }
                life.move(0, -life.bytes, clock.instant());
                return ReleaseResult.RELEASED;
            });
        }
    }

    static final class CallFromAnEarlierLife extends SoundStore {

        CallFromAnEarlierLife(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        private Allocation current(Allocation handle) {
            return find(handle.id())
                    .map(life -> new Allocation(
                            handle.spec(),
                            handle.state(),
                            life.generation(),
                            handle.attempt(),
                            handle.bytes(),
                            handle.bornAt(),
                            handle.deadline(),
                            handle.since()))
                    .orElse(handle);
        }

        @Override
        public ExtendResult extendTo(ExtendCommand command) {
            return super.extendTo(new ExtendCommand(
                    current(command.reservation()),
                    command.bytes(),
                    command.heldBytes(),
                    command.ttl(),
                    command.limits()));
        }

        @Override
        public CommitResult commit(Allocation reservation, long bytes) {
            return super.commit(current(reservation), bytes);
        }

        @Override
        public ReleaseResult release(Allocation reservation) {
            return super.release(current(reservation));
        }

        @Override
        public ReleaseResult abandon(Allocation reservation) {
            return super.abandon(current(reservation));
        }
    }

    /** Holds nothing at the accounts between the tenant and the one that is charged. */
    static final class ForgetsAnAncestor extends SoundStore {

        ForgetsAnAncestor(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        @Override
        public ReserveResult reserve(ReserveCommand command) {
            return update(command.spec().id().tenant(), state -> {
                ReserveResult result = state.reserve(command, clock.instant());
                if (result instanceof ReserveResult.Granted granted
                        && granted.allocation().attempt() == 1) {
                    long held = granted.allocation().bytes();
                    Counter[] counters = state.books.counters.of(command.limits());
                    int perAccount = command.spec().category() == null ? 1 : 2;
                    for (int i = perAccount; i < counters.length - perAccount; i++) {
                        counters[i].move(0, -held, clock.instant());
                    }
                }
                return result;
            });
        }
    }

    static final class LosesTheCategory extends SoundStore {

        LosesTheCategory(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        @Override
        public ReserveResult reserve(ReserveCommand command) {
            List<CounterLimit> totals = command.limits().stream()
                    .filter(limit -> limit.category() == null)
                    .toList();
            return super.reserve(new ReserveCommand(command.spec().withCategory(null), command.ttl(), totals));
        }
    }

    static final class EndWithoutAnEntry extends SoundStore {

        EndWithoutAnEntry(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        @Override
        public ReleaseResult release(Allocation reservation) {
            return update(reservation.id().tenant(), state -> {
                ReleaseResult result = state.release(reservation, clock.instant());
                if (result == ReleaseResult.RELEASED) {
                    TenantLedger ledger = state.books.ledger;
                    ledger.entries.remove(ledger.entries.size() - 1);
                    ledger.lastSeq--;
                }
                return result;
            });
        }
    }

    private static Life lifeOf(TenantState state, Allocation handle) {
        return Optional.ofNullable(state.books.life(handle.id(), handle.generation()))
                .orElseThrow();
    }
}
