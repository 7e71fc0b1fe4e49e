package io.github.quotaguard.contract;

import io.github.quotaguard.store.UsageStore;
import java.util.Set;

/** What each part of the contract needs; {@link UsageStoreContract} describes it. */
interface StoreFixture {

    UsageStore store();

    ContractClock clock();

    Set<Capability> capabilities();

    void reopen() throws Exception;

    int rounds();

    int threads();
}
