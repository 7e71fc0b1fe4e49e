package io.github.quotaguard.jdbc;

class PostgresStoreContractTest extends JdbcStoreContract {

    PostgresStoreContractTest() {
        super(TestDatabase.POSTGRESQL);
    }
}
