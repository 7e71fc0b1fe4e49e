package io.github.quotaguard.jdbc;

import io.github.quotaguard.proof.TestDatabase;

class H2StoreContractTest extends JdbcStoreContract {

    H2StoreContractTest() {
        super(TestDatabase.H2);
    }
}
