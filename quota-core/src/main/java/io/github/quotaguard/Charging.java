package io.github.quotaguard;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.CallerTransaction;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.ReleaseResult;
import org.jspecify.annotations.Nullable;

/** What the calls of a reservation come to: charges in a store, or nothing. */
interface Charging {

    boolean isUncharged();

    /** Says whether a handle is no older than anything a store has to remember. */
    boolean isYoung(Allocation reservation);

    /** Refuses a handle that is not young. */
    void requireYoung(Allocation reservation);

    /** Holds enough for a commit of {@code bytes}, at least {@code heldBytes}, and renews. */
    Allocation extend(Allocation reservation, long bytes, long heldBytes);

    CommitResult commit(Allocation reservation, long bytes, @Nullable CallerTransaction transaction);

    ReleaseResult release(Allocation reservation);

    void abandon(Allocation reservation);

    ReservationToken token(Allocation reservation);
}
