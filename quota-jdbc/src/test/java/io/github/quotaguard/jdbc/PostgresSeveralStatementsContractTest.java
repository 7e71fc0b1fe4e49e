package io.github.quotaguard.jdbc;

class PostgresSeveralStatementsContractTest extends JdbcStoreContract {

    PostgresSeveralStatementsContractTest() {
        super(TestDatabase.POSTGRESQL);
    }

    @Override
    JdbcUsageStore.Builder configure(JdbcUsageStore.Builder builder) {
        return builder.reserveInSeveralStatements();
    }
}
