package io.github.quotaguard.jdbc;

import io.github.quotaguard.proof.TestDatabase;

class PostgresStoreContractTest extends JdbcStoreContract {

    PostgresStoreContractTest() {
        super(TestDatabase.POSTGRESQL);
    }
}
