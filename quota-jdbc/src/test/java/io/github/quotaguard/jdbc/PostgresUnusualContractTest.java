package io.github.quotaguard.jdbc;

import io.github.quotaguard.proof.TestDatabase;

class PostgresUnusualContractTest extends UnusualStoreContract {

    PostgresUnusualContractTest() {
        super(TestDatabase.POSTGRESQL, "");
    }
}
