package io.github.quotaguard.spring.upload;

import io.github.quotaguard.Reservation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NamedThreadLocal;

/**
 * The reservation that a {@link GuardedUpload} holds for the method under way in this thread, for those who commit it
 * themselves: with the size they have counted, or in a transaction further in. It is closed after the method.
 */
public final class CurrentReservation {

    private static final ThreadLocal<@Nullable Reservation> CURRENT = new NamedThreadLocal<>("guarded upload");

    private CurrentReservation() {}

    /**
     * Returns the reservation of the innermost guarded method that this thread is in.
     *
     * @return the handle; not to be closed
     * @throws IllegalStateException if it is in none
     */
    public static Reservation get() {
        return find().orElseThrow(
                        () -> new IllegalStateException(
                                "this thread is in no method with @GuardedUpload, or it was called within its own bean, where Spring does not guard it"));
    }

    /**
     * Returns the reservation of the innermost guarded method that this thread is in.
     *
     * @return the handle, not to be closed; empty if it is in none
     */
    public static Optional<Reservation> find() {
        return Optional.ofNullable(CURRENT.get());
    }

    /** Sets what is current, and returns what was; null for none. */
    static @Nullable Reservation set(@Nullable Reservation reservation) {
        Reservation before = CURRENT.get();
        if (reservation == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(reservation);
        }
        return before;
    }
}
