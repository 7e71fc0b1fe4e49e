package io.github.quotaguard.store;

import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;

/**
 * The state table where it does not depend on how a store keeps things: what a life answers to a call, before any
 * limit is looked at. Pure.
 */
public final class Lifecycle {

    private Lifecycle() {}

    /**
     * Says what the live versions of a file answer to a reserve.
     *
     * @param spec what is asked for
     * @param live the reserved and committed versions of its file
     * @return a conflict or <em>already stored</em>; empty if a new life may begin, or the one that
     *     {@link #retried} finds is to be renewed
     */
    public static Optional<ReserveResult> answerToReserve(AllocationSpec spec, Collection<Allocation> live) {
        for (Allocation version : live) {
            if (version.id().equals(spec.id())) {
                if (!version.spec().hasSameArguments(spec)) {
                    return Optional.of(new ReserveResult.Conflict(version));
                }
                return version.state() == AllocationState.COMMITTED
                        ? Optional.of(new ReserveResult.AlreadyStored(version))
                        : Optional.empty();
            }
        }
        for (Allocation version : live) {
            if (!version.account().equals(spec.account()) || !Objects.equals(version.category(), spec.category())) {
                return Optional.of(new ReserveResult.Conflict(version));
            }
        }
        return Optional.empty();
    }

    /**
     * Says whether what is in an upload's way is a reservation that may be expired first.
     *
     * @param answer what {@link #answerToReserve} said
     * @param now the store's clock
     * @return true for a conflict with a reservation past its deadline
     */
    public static boolean isOverdue(ReserveResult answer, Instant now) {
        return answer instanceof ReserveResult.Conflict conflict
                && conflict.standing().state() == AllocationState.RESERVED
                && !conflict.standing().deadline().isAfter(now);
    }

    /**
     * Returns the reservation that a reserve repeats.
     *
     * @param spec what is asked for
     * @param live the reserved and committed versions of its file
     * @return the reserved version of the same id
     */
    public static Optional<Allocation> retried(AllocationSpec spec, Collection<Allocation> live) {
        for (Allocation version : live) {
            if (version.state() == AllocationState.RESERVED && version.id().equals(spec.id())) {
                return Optional.of(version);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns what a commit sets free by the versions that it replaces.
     *
     * @param spec what is committed
     * @param live the reserved and committed versions of its file
     * @return the bytes of the committed versions that it deletes: 10 to replace a version of 10 bytes
     */
    public static long credit(AllocationSpec spec, Collection<Allocation> live) {
        long credit = 0;
        for (Allocation version : live) {
            if (version.state() == AllocationState.COMMITTED
                    && spec.replacement().covers(spec.id(), version.id())) {
                credit += version.bytes();
            }
        }
        return credit;
    }

    /**
     * Says what a life answers to a commit, before its bytes are looked at.
     *
     * @param life the life, empty if none is known
     * @param bytes the size to be committed
     * @return the answer of any life but a reservation; empty for a reservation, which may be committed
     */
    public static Optional<CommitResult> answerToCommit(Optional<Allocation> life, long bytes) {
        if (life.isEmpty()) {
            return Optional.of(new CommitResult.Unknown());
        }
        return switch (life.get().state()) {
            case RESERVED -> Optional.empty();
            case COMMITTED ->
                Optional.of(
                        life.get().bytes() == bytes
                                ? new CommitResult.Committed(life.get())
                                : new CommitResult.Conflict(life.get()));
            case RELEASED, EXPIRED, DELETED -> Optional.of(new CommitResult.Ended(life.get()));
        };
    }

    /**
     * Says what a life answers to a release.
     *
     * @param life the life, empty if none is known
     * @return the answer of any life but a reservation; empty for a reservation, which may be released
     */
    public static Optional<ReleaseResult> answerToRelease(Optional<Allocation> life) {
        if (life.isPresent() && life.get().state() == AllocationState.RESERVED) {
            return Optional.empty();
        }
        return Optional.of(
                life.isPresent() && life.get().state() == AllocationState.COMMITTED
                        ? ReleaseResult.COMMITTED
                        : ReleaseResult.NO_EFFECT);
    }
}
