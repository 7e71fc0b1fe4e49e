package io.github.quotaguard.jdbc;

import io.github.quotaguard.proof.TestDatabase;

class PostgresSeveralStatementsContractTest extends JdbcStoreContract {

    PostgresSeveralStatementsContractTest() {
        super(TestDatabase.POSTGRESQL);
    }

    @Override
    JdbcUsageStore.Builder configure(JdbcUsageStore.Builder builder) {
        return builder.reserveInSeveralStatements();
    }

    @Override
    public int rounds() {
        return 3;
    }

    @Override
    public int threads() {
        return 8;
    }
}
