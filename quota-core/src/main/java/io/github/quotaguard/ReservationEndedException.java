package io.github.quotaguard;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.FileVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A reservation can not be committed or extended any more: it was released, expired or, after its commit, deleted; or
 * nothing is known of it, because it is older than 7 days or not one of this store's. Nothing was changed; reserve
 * again.
 */
public final class ReservationEndedException extends QuotaException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Allocation allocation;

    private ReservationEndedException(String message, @Nullable Allocation allocation) {
        super(message);
        this.allocation = allocation;
    }

    static ReservationEndedException ended(Allocation allocation) {
        return new ReservationEndedException(
                "reservation of %s is %s since %s: reserve again"
                        .formatted(allocation.id(), allocation.state(), allocation.since()),
                allocation);
    }

    static ReservationEndedException unknown(FileVersion id) {
        return new ReservationEndedException(
                "no reservation of %s is known by this handle: reserve again".formatted(id), null);
    }

    /**
     * Returns how the reservation ended, with the state and when.
     *
     * @return the allocation, empty if nothing is known of it, and after serialization
     */
    public Optional<Allocation> allocation() {
        return Optional.ofNullable(allocation);
    }
}
