package io.github.quotaguard.contract;

/**
 * What a store may lack and still be a store. A test that needs a capability which the store's author has not declared
 * is skipped, and says so by the capability's name.
 *
 * <p>Atomicity, idempotency and the isolation of tenants are not among them: no capability turns off a test of those.
 */
public enum Capability {

    /**
     * What was acknowledged is there when the store's process has died and another has opened the same storage:
     * {@link UsageStoreContract#reopen}.
     */
    DURABLE,

    /** It can tell from its ledger, and roll it up: {@link io.github.quotaguard.store.UsageStore#ledger}. */
    LEDGER,

    /** Who was warned of what is remembered: {@link io.github.quotaguard.store.UsageStore#warnings}. */
    WARNINGS,

    /** Its records can be corrected: {@link io.github.quotaguard.store.UsageStore#repairs}. */
    REPAIR,

    /** It finds temporary files past their time: {@link io.github.quotaguard.store.UsageStore#retention}. */
    TEMPORARY_FILES,

    /** It tells what waits to be done: {@link io.github.quotaguard.store.UsageStore#backlog}. */
    BACKLOG
}
