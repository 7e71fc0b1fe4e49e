package io.github.quotaguard.jdbc;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log that limits can not be read, and that they can be again: each once, not with each upload. */
final class OutageLog {

    private static final Logger LOG = LoggerFactory.getLogger(CachingQuotaPolicy.class);

    /** How long the source has to go without a failure to be well again, lest it be said of each of many accounts. */
    private static final Duration QUIET = Duration.ofMinutes(1);

    private final LongSupplier nanos;
    private final String consequence;
    private final AtomicBoolean isFailing = new AtomicBoolean();
    private volatile long lastFailure;

    OutageLog(LongSupplier nanos, String consequence) {
        this.nanos = nanos;
        this.consequence = consequence;
    }

    void noteFailure(RuntimeException e) {
        lastFailure = nanos.getAsLong();
        if (isFailing.compareAndSet(false, true)) {
            LOG.warn("Limits can not be read. {}", consequence, e);
        }
    }

    void noteSuccess() {
        if (isFailing.get()
                && nanos.getAsLong() - lastFailure >= QUIET.toNanos()
                && isFailing.compareAndSet(true, false)) {
            LOG.info("Limits can be read again");
        }
    }
}
