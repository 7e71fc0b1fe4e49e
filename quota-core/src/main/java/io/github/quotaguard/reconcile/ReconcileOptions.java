package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.RepairCause;
import io.github.quotaguard.store.RepairStore;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** How to diagnose and repair. Immutable. */
public final class ReconcileOptions {

    final RepairCause cause;
    final boolean isForced;
    final boolean isDryRun;
    final int batchSize;
    final Duration settling;
    final double accountsPerSecond;
    final @Nullable String startAfter;
    final @Nullable Duration rest;
    final BooleanSupplier cancelled;
    final ReconcileListener listener;

    private ReconcileOptions(Builder builder) {
        this.cause = new RepairCause(builder.actor, builder.reason);
        this.isForced = builder.isForced;
        this.isDryRun = builder.isDryRun;
        this.batchSize = builder.batchSize;
        this.settling = builder.settling;
        this.accountsPerSecond = builder.accountsPerSecond;
        this.startAfter = builder.startAfter;
        this.rest = builder.rest;
        this.cancelled = builder.cancelled;
        this.listener = builder.listener;
    }

    /**
     * Returns the options that fit most.
     *
     * @return the defaults of {@link Builder}
     */
    public static ReconcileOptions defaults() {
        return builder().build();
    }

    /**
     * Starts to set options.
     *
     * @return a builder with defaults for all of them
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds {@link ReconcileOptions}. */
    public static final class Builder {

        private String actor = "quotaguard";
        private String reason = "repair";
        private boolean isForced;
        private boolean isDryRun;
        private int batchSize = 500;
        private Duration settling = Duration.ofMinutes(30);
        private double accountsPerSecond = Double.MAX_VALUE;
        private @Nullable String startAfter;
        private @Nullable Duration rest;
        private BooleanSupplier cancelled = () -> false;
        private ReconcileListener listener = new ReconcileListener() {};

        private Builder() {}

        /**
         * Sets who repairs, for the ledger; {@code quotaguard} by default.
         *
         * @param actor 1 to 255 characters, as {@link RepairCause} describes
         * @return this builder
         */
        public Builder actor(String actor) {
            this.actor = new RepairCause(actor, reason).actor();
            return this;
        }

        /**
         * Sets why, for the ledger; {@code repair} by default.
         *
         * @param reason 1 to {@value RepairCause#MAX_REASON_LENGTH} characters, as {@link RepairCause} describes
         * @return this builder
         */
        public Builder reason(String reason) {
            this.reason = new RepairCause(actor, reason).reason();
            return this;
        }

        /**
         * Repairs also what {@linkplain DriftReport#isBraked somebody should look at first}.
         *
         * @return this builder
         */
        public Builder force() {
            isForced = true;
            return this;
        }

        /**
         * Lets a repair change nothing and report what it would.
         *
         * @return this builder
         */
        public Builder dryRun() {
            isDryRun = true;
            return this;
        }

        /**
         * Sets how many versions are looked at, and corrected, at a time; 500 by default. Uploads of the tenant wait while
         * a batch is corrected.
         *
         * @param batchSize 1 to {@value RepairStore#MAX_CORRECTIONS}
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder batchSize(int batchSize) {
            if (batchSize < 1 || batchSize > RepairStore.MAX_CORRECTIONS) {
                throw new IllegalArgumentException(
                        "batch size is %s, allowed are 1 to %s".formatted(batchSize, RepairStore.MAX_CORRECTIONS));
            }
            this.batchSize = batchSize;
            return this;
        }

        /**
         * Sets how old a file without a record has to be before its upload is taken for lost: the longest time to live of
         * a reservation, and some grace for clocks and transactions. 30 minutes by default.
         *
         * @param settling 0 to 365 days
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder settling(Duration settling) {
            RepairStore.requireRest(settling);
            this.settling = settling;
            return this;
        }

        /**
         * Bounds how many tenants are begun with in a second, where all are looked at; not bounded by default.
         *
         * @param accountsPerSecond more than 0: 0.5 for one every 2 seconds
         * @return this builder
         * @throws IllegalArgumentException if it is not
         */
        public Builder accountsPerSecond(double accountsPerSecond) {
            if (!(accountsPerSecond > 0)) {
                throw new IllegalArgumentException(
                        "%s accounts per second, allowed is more than 0".formatted(accountsPerSecond));
            }
            this.accountsPerSecond = accountsPerSecond;
            return this;
        }

        /**
         * Goes on behind a tenant, where all are looked at.
         *
         * @param tenant the last that was done with
         * @return this builder
         * @throws IllegalArgumentException if the id is not allowed
         */
        public Builder startAfter(String tenant) {
            AccountId.requireTenant(tenant);
            this.startAfter = tenant;
            return this;
        }

        /**
         * Leaves those out that any node has looked at within some time, where all are looked at. So several nodes share
         * the work, and one that was killed goes on where it stopped.
         *
         * @param rest 0 to 365 days
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder rest(Duration rest) {
            RepairStore.requireRest(rest);
            this.rest = rest;
            return this;
        }

        /**
         * Sets what is asked between batches; the thread's interruption is too.
         *
         * @param cancelled true to stop
         * @return this builder
         */
        public Builder cancelWhen(BooleanSupplier cancelled) {
            this.cancelled = Objects.requireNonNull(cancelled, "cancelled");
            return this;
        }

        /**
         * Sets who is told how it gets on.
         *
         * @param listener the listener
         * @return this builder
         */
        public Builder listener(ReconcileListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Builds the options.
         *
         * @return the options
         */
        public ReconcileOptions build() {
            return new ReconcileOptions(this);
        }
    }
}
