package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.Upload;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.Proof;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Prefixes and schemas, which become part of SQL. */
class TableNamesTest {

    private static final int HOSTILE = 200;
    private static final int LONGEST_PREFIX = 49;
    private static final int LONGEST_SCHEMA = 63;

    private static final List<String> WHOLE = List.of(
            "",
            " ",
            "_",
            "_quota_",
            "1quota_",
            "quota_; DROP TABLE files; --",
            "quota_usage WHERE 1 = 1 --",
            "quota_'",
            "quota_\"",
            "\"quota_\"",
            "`quota_`",
            "[quota_]",
            "quota_.",
            "public.quota_",
            "quota_/*",
            "quota_ ",
            " quota_",
            "quota_\n",
            "\nquota_",
            "quota_%1$s",
            "${quota}",
            "$1",
            "\\quota_",
            "quota\\_",
            "qu\u00F6ta_",
            "qu\u0131ta_",
            "\uFF51uota_",
            "\u212Auota_",
            "quota\u0660_",
            "quota_\uD83D",
            "quota_\uD83D\uDE00",
            "quota_\u202E",
            "quota_\u0000",
            "q".repeat(1_000_000));

    private static final String CHARACTERS =
            " \t\r\n\0\u000B\u0085\u00A0\u2028\u200B\uFEFF;'\"`\\/*-+.,:$%&#@!?()[]{}<>=|~^\u00E9\u00DF\u0130\u017F\uFF10";

    @Test
    void shouldRefuseHostilePrefixesAndSchemasBeforeAnySql() {
        long seed = new Random().nextLong();
        StatementLog log = new StatementLog();
        Proof proof = new Proof("19", TestDatabase.H2, seed);
        try (HikariDataSource pool = TestDatabase.H2.pool(1)) {
            JdbcUsageStore.Builder builder = JdbcUsageStore.builder(log.around(pool));
            for (String name : hostileNames(new Random(seed))) {
                assertThatIllegalArgumentException()
                        .as("prefix '%s', seed %d", name, seed)
                        .isThrownBy(() -> builder.tablePrefix(name).build().close());
                assertThatIllegalArgumentException()
                        .as("schema '%s', seed %d", name, seed)
                        .isThrownBy(() -> builder.schema(name).build().close());
                proof.operations.increment();
                proof.refused.increment();
            }
            assertThat(log.executions()).isEmpty();
            assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isZero();
        }
        proof.write();
    }

    /** Those listed, and allowed ones into which one character that is not was inserted somewhere. */
    private static Set<String> hostileNames(Random random) {
        Set<String> names = new LinkedHashSet<>(WHOLE);
        while (names.size() < HOSTILE) {
            char hostile = CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
            names.add(new StringBuilder("quota_x")
                    .insert(random.nextInt(8), hostile)
                    .toString());
        }
        return names;
    }

    @Test
    void shouldRefuseWhatIsTooLongForAnIdentifier() {
        StatementLog log = new StatementLog();
        try (HikariDataSource pool = TestDatabase.H2.pool(1)) {
            JdbcUsageStore.Builder builder = JdbcUsageStore.builder(log.around(pool));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.tablePrefix("p".repeat(LONGEST_PREFIX + 1)))
                    .withMessageContaining("at most 49 characters");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.schema("s".repeat(LONGEST_SCHEMA + 1)))
                    .withMessageContaining("at most 63 characters");
            assertThat(log.executions()).isEmpty();
        }
    }

    /** A name that the database would cut would be shared by the two prefixes, or by two tables of one. */
    @OnEachServer
    void shouldWorkWithTheLongestNames(TestDatabase database) throws Exception {
        String own = database.name().toLowerCase(Locale.ROOT);
        String schema = own + "s".repeat(LONGEST_SCHEMA - own.length());
        List<String> prefixes = new ArrayList<>();
        for (char last : new char[] {'a', 'b'}) {
            prefixes.add("p".repeat(LONGEST_PREFIX - 1) + last);
        }
        try (HikariDataSource pool = database.pool(2)) {
            TestDatabase.execute(pool, "CREATE SCHEMA " + schema);
            for (String prefix : prefixes) {
                try (JdbcUsageStore store =
                        Stage.store(pool, builder -> builder.schema(schema).tablePrefix(prefix))) {
                    Stage.guard(store, Duration.ofMinutes(1))
                            .reserve(Upload.of("acme", "photo", 10))
                            .commit();
                    assertThat(store.usage(AccountId.of("acme")).total().usedBytes())
                            .isEqualTo(10);
                    JdbcQuotaPolicy policy =
                            JdbcQuotaPolicy.builder(store).defaultPlan("team").build();
                    PlanEditor editor = QuotaPlans.builder(policy).build().by("alice", prefix);
                    editor.define("team", QuotaLimits.ofBytes(prefix.endsWith("a") ? 1 : 2));
                    editor.assign("acme", "team");
                    assertThat(policy.limits(AccountId.of("acme")))
                            .isEqualTo(QuotaLimits.ofBytes(prefix.endsWith("a") ? 1 : 2));
                }
            }
            try (Connection connection = pool.getConnection()) {
                for (String prefix : prefixes) {
                    for (String table : new String[] {"usage", "allocation", "ledger", "plan", "limit", "audit"}) {
                        assertThat(Stage.count(connection, "SELECT count(*) FROM " + schema + "." + prefix + table))
                                .isPositive();
                    }
                }
                assertThat(Stage.count(
                                connection,
                                "SELECT count(*) FROM information_schema.tables WHERE lower(table_schema) = '" + schema
                                        + "'"))
                        .isEqualTo(22);
            }
        }
    }
}
