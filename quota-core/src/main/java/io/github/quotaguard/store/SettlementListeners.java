package io.github.quotaguard.store;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whom a store tells of settlements; for the authors of stores. Thread-safe. */
public final class SettlementListeners {

    private static final Logger LOG = LoggerFactory.getLogger(SettlementListeners.class);

    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    /** Creates a list of nobody. */
    public SettlementListeners() {}

    /**
     * Does {@link WarningStore#onSettled}.
     *
     * @param listener takes the tenant's id
     * @return what removes it
     */
    public Runnable add(Consumer<String> listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return () -> listeners.remove(listener);
    }

    /**
     * Tells every listener. One that throws, whatever it is, is logged: the settlement has taken effect, and its caller
     * must not be told that it failed.
     *
     * @param tenant the tenant of which something was settled
     */
    public void tell(String tenant) {
        for (Consumer<String> listener : listeners) {
            try {
                listener.accept(tenant);
            } catch (Throwable e) {
                LOG.warn("A listener to settlements failed for tenant {}", tenant, e);
            }
        }
    }
}
