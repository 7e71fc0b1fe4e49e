package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.UsageStoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store is not built on tables that would take two ids for one, or could not roll back. */
class ColumnCheckTest {

    private static void requireRefusal(HikariDataSource pool, String column) {
        assertThatExceptionOfType(UsageStoreException.class)
                .isThrownBy(() -> JdbcUsageStore.builder(pool).build())
                .withMessageContaining(column)
                .withMessageContaining("alter them to what the script")
                .matches(e -> !e.isRetryable());
    }

    private static void refuses(TestDatabase database, String alteration, String column) {
        try (HikariDataSource pool = database.pool(2)) {
            Stage.store(pool, builder -> builder).close();
            TestDatabase.execute(pool, alteration);
            requireRefusal(pool, column);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf8mb4_bin", "utf8mb4_general_ci", "utf8mb4_uca1400_nopad_as_cs", "latin1_swedish_ci"})
    void shouldRefuseAnotherCollationOfMariaDb(String collation) {
        String charset = collation.substring(0, collation.indexOf('_'));
        refuses(
                TestDatabase.MARIADB,
                "ALTER TABLE quota_ledger MODIFY file VARCHAR(255) CHARACTER SET %s COLLATE %s NOT NULL"
                        .formatted(charset, collation),
                "quota_ledger.file (" + collation + ")");
    }

    @Test
    void shouldRefuseTablesOfMariaDbWithoutTransactions() {
        refuses(TestDatabase.MARIADB, "ALTER TABLE quota_usage ENGINE = MEMORY", "quota_usage (engine MEMORY)");
    }

    @Test
    void shouldLeaveTablesAloneWhoseNamesDifferByCase() {
        try (HikariDataSource pool = TestDatabase.MARIADB.pool(2)) {
            TestDatabase.execute(
                    pool, "CREATE TABLE QUOTA_USAGE (id VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_swedish_ci)");
            Stage.store(pool, builder -> builder).close();
        }
    }

    @Test
    void shouldRefuseAnH2ThatIgnoresCase() {
        HikariConfig config = TestDatabase.H2.connect();
        config.setJdbcUrl(config.getJdbcUrl() + ";IGNORECASE=TRUE");
        try (HikariDataSource pool = TestDatabase.pool(config, 2)) {
            assertThatExceptionOfType(UsageStoreException.class)
                    .isThrownBy(() -> Stage.store(pool, builder -> builder))
                    .withMessageContaining("QUOTA_ALLOCATION.TENANT (VARCHAR_IGNORECASE");
        }
    }

    @Test
    void shouldRefuseAnH2WithACollation() {
        HikariConfig config = TestDatabase.H2.connect();
        try (HikariDataSource pool = TestDatabase.pool(config, 2)) {
            TestDatabase.execute(pool, "SET COLLATION ENGLISH STRENGTH PRIMARY");
            assertThatExceptionOfType(UsageStoreException.class)
                    .isThrownBy(() -> Stage.store(pool, builder -> builder))
                    .withMessageContaining("QUOTA_ALLOCATION.TENANT");
        }
    }

    @Test
    void shouldRefuseACollationOfPostgresThatIsNotDeterministic() {
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(2)) {
            Stage.store(pool, builder -> builder).close();
            TestDatabase.execute(
                    pool, "CREATE COLLATION lax (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
            TestDatabase.execute(pool, "ALTER TABLE quota_usage ALTER account TYPE VARCHAR(515) COLLATE lax");
            requireRefusal(pool, "quota_usage.account (character varying(515), lax)");
        }
    }

    /** Sorted otherwise they are as exact. */
    @Test
    void shouldTakeADeterministicCollationOfPostgres() {
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(2)) {
            Stage.store(pool, builder -> builder).close();
            TestDatabase.execute(pool, "ALTER TABLE quota_usage ALTER account TYPE VARCHAR(515) COLLATE \"und-x-icu\"");
            JdbcUsageStore.builder(pool).build().close();
        }
    }

    @OnEachServer
    void shouldLookAtItsOwnTablesAlone(TestDatabase database) {
        try (HikariDataSource pool = database.pool(2)) {
            TestDatabase.execute(pool, "CREATE TABLE quota_other (id CHAR(10))");
            try (JdbcUsageStore store = Stage.store(pool, builder -> builder)) {
                assertThat(store.versions("acme", "photo")).isEmpty();
            }
        }
    }
}
