package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.contract.Capability;
import io.github.quotaguard.contract.ContractClock;
import io.github.quotaguard.contract.UsageStoreContract;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on a real database; the store's thread sleeps, since the contract sweeps by itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JdbcStoreContract implements UsageStoreContract {

    private static final int TESTS_BETWEEN_CHECKS = 40;

    @RegisterExtension
    final ContractRows rows;

    private final TestDatabase database;
    private final HikariDataSource pool;
    private final String tables;
    private JdbcUsageStore store;
    private int tests;

    JdbcStoreContract(TestDatabase database) {
        this(database, database.connect(), TestDatabase.TABLES);
    }

    JdbcStoreContract(TestDatabase database, HikariConfig config, String tables) {
        this.database = database;
        this.rows = new ContractRows(database);
        this.pool = TestDatabase.pool(config, 10);
        this.tables = tables;
        this.store = open();
    }

    private JdbcUsageStore open() {
        return configure(JdbcUsageStore.builder(pool).sweepInterval(Duration.ofDays(1)))
                .createSchemaIfMissing()
                .build();
    }

    /** Sets what a variant sets. */
    JdbcUsageStore.Builder configure(JdbcUsageStore.Builder builder) {
        return builder;
    }

    @Override
    public UsageStore store() {
        return store;
    }

    @Override
    public ContractClock clock() {
        return duration -> database.advance(pool, tables, duration);
    }

    @Override
    public int rounds() {
        return 10;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(
                Capability.DURABLE,
                Capability.LEDGER,
                Capability.WARNINGS,
                Capability.REPAIR,
                Capability.TEMPORARY_FILES,
                Capability.BACKLOG);
    }

    @Override
    public void reopen() {
        store.close();
        store = open();
    }

    /** Each time that the clock is moved, every row is: few rows make fast tests. */
    @AfterEach
    void empty() throws Exception {
        tests++;
        if (tests % TESTS_BETWEEN_CHECKS == 0) {
            check();
            for (String table :
                    List.of("allocation", "ledger", "level", "warning", "evaluation", "repair", "cleanup", "usage")) {
                TestDatabase.execute(pool, "TRUNCATE TABLE " + tables + table);
            }
        }
    }

    private void check() throws Exception {
        assertThat(TableCheck.violations(pool, tables)).isEmpty();
    }

    @AfterAll
    void close() throws Exception {
        check();
        store.close();
        pool.close();
    }
}
