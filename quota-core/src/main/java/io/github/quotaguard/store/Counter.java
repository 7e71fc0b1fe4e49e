package io.github.quotaguard.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The counter of one account, or of one category of it, while a {@link TenantState} works on it. */
final class Counter {

    private long usedBytes;
    private long reservedBytes;
    private long usedFiles;
    private long reservedFiles;
    private @Nullable Instant updatedAt;
    private @Nullable Instant graceUntil;

    Counter() {}

    /** Goes on where another counter stood. */
    Counter(Usage usage, @Nullable Instant updatedAt, @Nullable Instant graceUntil) {
        this.usedBytes = usage.usedBytes();
        this.reservedBytes = usage.reservedBytes();
        this.usedFiles = usage.usedFiles();
        this.reservedFiles = usage.reservedFiles();
        this.updatedAt = updatedAt;
        this.graceUntil = graceUntil;
    }

    boolean admits(long bytes, long files, CounterLimit limit, Moment moment) {
        return (bytes == 0 || bytes <= limit.maxBytes() - usedBytes - reservedBytes)
                && (files == 0 || files <= limit.maxFiles() - usedFiles - reservedFiles)
                && (limit.softLimit() == null || limit.graceEndedAt(usage(), grace(moment), bytes, files) == null);
    }

    /** Notes the grace that a charge begins, or goes on with, or has come too late for; before it moves the counter. */
    void noteGrace(long bytes, long files, CounterLimit limit, Moment moment) {
        if (graceUntil != null || limit.softLimit() != null) {
            graceUntil = limit.graceAfter(usage(), grace(moment), moment.now(), bytes, files);
        }
    }

    @Nullable
    Grace grace(Moment moment) {
        return graceUntil == null ? null : Grace.of(graceUntil, moment.now());
    }

    void move(long usedBytes, long reservedBytes, Instant now) {
        this.usedBytes += usedBytes;
        this.reservedBytes += reservedBytes;
        this.updatedAt = now;
    }

    void moveFiles(long usedFiles, long reservedFiles) {
        this.usedFiles += usedFiles;
        this.reservedFiles += reservedFiles;
    }

    Usage usage() {
        return new Usage(usedBytes, reservedBytes, usedFiles, reservedFiles);
    }

    @Nullable
    Instant updatedAt() {
        return updatedAt;
    }
}
