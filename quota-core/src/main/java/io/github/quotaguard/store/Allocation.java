package io.github.quotaguard.store;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The record of one version of one file and its current <em>life</em>: a snapshot, taken when a store answered. It is
 * also the handle by which a reservation is extended, committed and released; the generation keeps a call from an
 * earlier life of the same id away from a later one.
 *
 * @param spec what was asked for
 * @param state where the life stands
 * @param generation the life's random positive number
 * @param attempt how often {@code reserve} has answered with this life, starting at 1
 * @param bytes the bytes held while RESERVED, the bytes charged once COMMITTED, in an ended life the last of them
 * @param bornAt when the life was reserved, by the store's clock
 * @param deadline when a reservation may be expired, by the store's clock
 * @param since when the life entered its state, by the store's clock
 */
public record Allocation(
        AllocationSpec spec,
        AllocationState state,
        long generation,
        int attempt,
        long bytes,
        Instant bornAt,
        Instant deadline,
        Instant since) {

    /** Checks that nothing is missing. */
    public Allocation {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(bornAt, "bornAt");
        Objects.requireNonNull(deadline, "deadline");
        Objects.requireNonNull(since, "since");
    }

    /**
     * Returns which version of which file this is.
     *
     * @return the id
     */
    public FileVersion id() {
        return spec.id();
    }

    /**
     * Returns who is charged.
     *
     * @return the account
     */
    public AccountId account() {
        return spec.account();
    }

    /**
     * Returns what kind of file it is.
     *
     * @return the category, or null
     */
    public @Nullable Category category() {
        return spec.category();
    }
}
