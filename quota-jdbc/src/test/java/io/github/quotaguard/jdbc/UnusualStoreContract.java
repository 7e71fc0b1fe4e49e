package io.github.quotaguard.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.proof.TestDatabase;

/** The contract, small, where all is different: a pool without auto-commit, tables of another name in another schema. */
abstract class UnusualStoreContract extends JdbcStoreContract {

    private static final String SCHEMA = "Unusual";
    private static final String PREFIX = "Up1_";

    UnusualStoreContract(TestDatabase database, String settings) {
        super(database, prepare(database.connect(), settings), SCHEMA + "." + PREFIX);
    }

    private static HikariConfig prepare(HikariConfig config, String settings) {
        HikariConfig first = new HikariConfig();
        config.copyStateTo(first);
        try (HikariDataSource pool = TestDatabase.pool(first, 1)) {
            TestDatabase.execute(pool, "CREATE SCHEMA " + SCHEMA);
        }
        config.setJdbcUrl(config.getJdbcUrl() + settings);
        config.setAutoCommit(false);
        return config;
    }

    @Override
    JdbcUsageStore.Builder configure(JdbcUsageStore.Builder builder) {
        return builder.schema(SCHEMA).tablePrefix(PREFIX);
    }

    @Override
    public int rounds() {
        return 2;
    }

    @Override
    public int threads() {
        return 8;
    }
}
