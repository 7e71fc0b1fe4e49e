package io.github.quotaguard;

/** Is told what happens to quotas; built into a {@link WarningMonitor}. */
@FunctionalInterface
public interface QuotaListener {

    /**
     * A threshold was reached. Told at least once: if this throws, or its process dies, the same event with the same id
     * comes again, here or at another node, so whoever must not act twice remembers the id. It may take its time, and
     * holds no lock, no connection and no upload up meanwhile; the events behind it wait.
     *
     * @param event what happened
     */
    void onWarning(WarningEvent event);
}
