package io.github.quotaguard.cleanup;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.RetentionStore;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which temporary files to clean up, and how. Immutable. */
public final class CleanupRequest {

    /** The most files that one cleanup may be asked for. */
    public static final int MAX_FILES = 1_000_000;

    /** The most threads that one cleanup may use. */
    public static final int MAX_CONCURRENCY = 64;

    private final @Nullable AccountId account;
    private final boolean isDryRun;
    private final int batchSize;
    private final int maxFiles;
    private final int concurrency;

    private CleanupRequest(Builder builder) {
        this.account = builder.account;
        this.isDryRun = builder.isDryRun;
        this.batchSize = builder.batchSize;
        this.maxFiles = builder.maxFiles;
        this.concurrency = builder.concurrency;
    }

    /**
     * Asks for all accounts, 10,000 files at most, one at a time.
     *
     * @return the defaults of {@link Builder}
     */
    public static CleanupRequest all() {
        return builder().build();
    }

    /**
     * Starts to build a request.
     *
     * @return a builder with defaults for everything
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns whose files are cleaned up.
     *
     * @return the account, with everything below it; empty for all
     */
    public Optional<AccountId> account() {
        return Optional.ofNullable(account);
    }

    /**
     * Says whether nothing is deleted.
     *
     * @return true if the files are only named
     */
    public boolean isDryRun() {
        return isDryRun;
    }

    int batchSize() {
        return batchSize;
    }

    int maxFiles() {
        return maxFiles;
    }

    int concurrency() {
        return concurrency;
    }

    /** Builds a {@link CleanupRequest}. */
    public static final class Builder {

        private @Nullable AccountId account;
        private boolean isDryRun;
        private int batchSize = 100;
        private int maxFiles = 10_000;
        private int concurrency = 1;

        private Builder() {}

        /**
         * Cleans up the files of one account and of everything below it; of all by default.
         *
         * @param account the account's path
         * @return this builder
         * @throws IllegalArgumentException if the path is not allowed
         */
        public Builder account(String account) {
            this.account = AccountId.of(account);
            return this;
        }

        /**
         * Deletes nothing, and names what would be.
         *
         * @return this builder
         */
        public Builder dryRun() {
            isDryRun = true;
            return this;
        }

        /**
         * Sets how many files are claimed, deleted and freed at a time; 100 by default.
         *
         * @param batchSize 1 to {@value RetentionStore#MAX_FILES}
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder batchSize(int batchSize) {
            this.batchSize = require("batch size", batchSize, RetentionStore.MAX_FILES);
            return this;
        }

        /**
         * Sets after how many files to stop, all of which the result names; 10,000 by default.
         *
         * @param maxFiles 1 to {@value #MAX_FILES}
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder maxFiles(int maxFiles) {
            this.maxFiles = require("maximum of files", maxFiles, MAX_FILES);
            return this;
        }

        /**
         * Sets how many files are deleted at once, each in a thread of its own; 1 by default, in the caller's.
         *
         * @param concurrency 1 to {@value #MAX_CONCURRENCY}
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder concurrency(int concurrency) {
            this.concurrency = require("concurrency", concurrency, MAX_CONCURRENCY);
            return this;
        }

        /**
         * Builds the request.
         *
         * @return the request
         */
        public CleanupRequest build() {
            return new CleanupRequest(this);
        }

        private static int require(String what, int value, int most) {
            if (value < 1 || value > most) {
                throw new IllegalArgumentException("%s is %s, allowed are 1 to %s".formatted(what, value, most));
            }
            return value;
        }
    }
}
