package io.github.quotaguard.spring;

import io.github.quotaguard.jdbc.JdbcUsageStore;

/**
 * Changes the {@link JdbcUsageStore} of the auto-configuration before it is built. Beans of this type are applied in
 * their order, after the properties.
 */
@FunctionalInterface
public interface JdbcUsageStoreCustomizer {

    /**
     * Changes the store to be.
     *
     * @param builder has the data source, the transactions to join and the properties
     */
    void customize(JdbcUsageStore.Builder builder);
}
