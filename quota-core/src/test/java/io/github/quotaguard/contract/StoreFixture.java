package io.github.quotaguard.contract;

import io.github.quotaguard.store.UsageStore;

/** What each part of the contract needs; {@link UsageStoreContract} describes it. */
interface StoreFixture {

    UsageStore store();

    ContractClock clock();

    default int rounds() {
        return 20;
    }

    default int threads() {
        return 32;
    }
}
