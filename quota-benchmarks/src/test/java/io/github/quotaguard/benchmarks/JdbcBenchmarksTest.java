package io.github.quotaguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.github.quotaguard.benchmarks.contender.Contender;
import io.github.quotaguard.benchmarks.contender.FilledTables;
import io.github.quotaguard.benchmarks.database.Database;
import io.github.quotaguard.benchmarks.database.Servers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That each benchmark does once what it says it measures: all on H2, and on PostgreSQL what is different there. */
class JdbcBenchmarksTest {

    private static final long BYTES = JdbcReserve.BYTES;

    private static Servers servers;

    @BeforeAll
    static void start() {
        servers = Servers.start(Path.of("target", "test-databases"), EnumSet.of(Database.H2, Database.POSTGRESQL));
        for (String argument : servers.jvmArguments()) {
            String[] property = argument.substring(2).split("=", 2);
            System.setProperty(property[0], property[1]);
        }
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    @Test
    void shouldSayHowDurableTheServersAre() {
        assertThat(servers.describe().get("POSTGRESQL"))
                .containsEntry("fsync", "on")
                .containsEntry("synchronous_commit", "on")
                .containsEntry("full_page_writes", "on");
        assertThat(servers.describe().get("H2").get("settings")).contains("WRITE_DELAY=0");
    }

    @ParameterizedTest
    @CsvSource({
        "h2, quotaguard",
        "h2, uncoalesced",
        "postgresql, quotaguard",
    })
    void shouldHoldRoomInQuotaguard(String database, String contender) throws SQLException {
        reserve(database, contender);

        assertThat(number(database, "SELECT SUM(reserved_bytes) FROM quota_usage WHERE category = ''"))
                .isEqualTo(3 * BYTES);
        assertThat(number(database, "SELECT SUM(reserved_bytes) FROM quota_usage WHERE category = 'image'"))
                .isEqualTo(3 * BYTES);
        assertThat(number(database, "SELECT COUNT(*) FROM quota_allocation WHERE state = 'RESERVED'"))
                .isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "h2, selectForUpdate",
        "h2, guardedUpdate",
        "postgresql, guardedUpdate",
    })
    void shouldCountAndRecordByHand(String database, String contender) throws SQLException {
        reserve(database, contender);

        assertThat(number(database, "SELECT SUM(used_bytes) FROM storage_usage WHERE category = ''"))
                .isEqualTo(3 * BYTES);
        assertThat(number(database, "SELECT SUM(used_bytes) FROM storage_usage WHERE category = 'image'"))
                .isEqualTo(3 * BYTES);
        assertThat(number(database, "SELECT COUNT(*) FROM file_reservation WHERE category = 'image'"))
                .isEqualTo(3);
    }

    @Test
    void shouldRecordWhatWasAddedUpBefore() throws SQLException {
        reserve("h2", "sumThenInsert");

        assertThat(number("h2", "SELECT SUM(bytes) FROM file_reservation")).isEqualTo(3 * BYTES);
    }

    @Test
    void shouldUpdateOneCounterAlone() throws SQLException {
        reserve("h2", "floor");

        assertThat(number("h2", "SELECT SUM(used_bytes) FROM storage_usage")).isEqualTo(3 * BYTES);
    }

    @Test
    void shouldTakeTokensFromBuckets() throws SQLException {
        reserve("postgresql", "bucket4j");

        assertThat(number("postgresql", "SELECT COUNT(*) FROM bucket")).isEqualTo(2);
        try (var pool = Database.POSTGRESQL.asItIs().pool(1, true)) {
            var buckets = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(pool)
                    .primaryKeyMapper(PrimaryKeyMapper.STRING)
                    .table("bucket")
                    .build();
            long left = 0;
            for (int tenant = 1; tenant <= 2; tenant++) {
                left += buckets.builder()
                                .build(Contender.tenant(tenant), () -> (BucketConfiguration) null)
                                .getAvailableTokens()
                        - Contender.PLENTY;
            }
            // A byte each was taken before.
            assertThat(left).isEqualTo(-3 * BYTES - 2);
        }
    }

    private static void reserve(String database, String contender) throws SQLException {
        JdbcReserve benchmark = new JdbcReserve();
        benchmark.database = database;
        benchmark.contender = contender;
        benchmark.tenants = 2;
        benchmark.open();
        JdbcReserve.Uploads uploads = new JdbcReserve.Uploads();
        for (int i = 0; i < 3; i++) {
            benchmark.reserve(uploads);
        }
        benchmark.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void shouldUploadAndSettle(String database) throws SQLException {
        UploadLifecycle benchmark = new UploadLifecycle();
        benchmark.database = database;
        benchmark.open();
        JdbcReserve.Uploads uploads = new JdbcReserve.Uploads();
        benchmark.upload(uploads);
        benchmark.upload(uploads);

        benchmark.settle();

        assertThat(number(database, "SELECT COUNT(*) FROM file_reservation")).isEqualTo(2);
        assertThat(number(database, "SELECT SUM(used_bytes) FROM quota_usage WHERE category = ''"))
                .isEqualTo(2 * BYTES);
        benchmark.close();
    }

    @Test
    void shouldUploadByHandWithOtherWorkInTheTransaction() throws SQLException {
        UploadLifecycle benchmark = new UploadLifecycle();
        benchmark.database = "h2";
        benchmark.contender = "byHand";
        benchmark.otherWork = 200;
        benchmark.open();
        long began = System.nanoTime();
        benchmark.upload(new JdbcReserve.Uploads());

        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(200_000_000);
        assertThat(number("h2", "SELECT COUNT(*) FROM file_reservation")).isEqualTo(1);
        assertThat(number("h2", "SELECT SUM(used_bytes) FROM storage_usage WHERE category = 'image'"))
                .isEqualTo(BYTES);
        benchmark.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void shouldReadWhatManyFilesUse(String database) throws SQLException {
        ReadQuota benchmark = new ReadQuota();
        benchmark.database = database;
        benchmark.allocations = 50;
        benchmark.open();

        assertThat(benchmark.storageQuota().usedQuota()).isEqualTo(50 * BYTES);
        assertThat(benchmark.storageQuota().fileCount()).isEqualTo(50);
        assertThat(benchmark.selectSum()).isEqualTo(50 * BYTES);
        benchmark.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void shouldReserveInTablesThatAreFilled(String database) {
        CostOfGrowth benchmark = new CostOfGrowth();
        benchmark.database = database;
        benchmark.tenants = 3;
        benchmark.allocations = 4;
        benchmark.depth = 3;
        for (int fork = 0; fork < 2; fork++) {
            benchmark.open();
            assertThat(benchmark.reserve().allocation().account().path()).endsWith("/a/b");
            benchmark.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void shouldFillTablesWithFilesLikeAnyOther(String database) {
        try (FilledTables tables = FilledTables.with(Database.named(database).lasting(), 2, 5, 2, BYTES)) {
            String account = tables.account(2);

            assertThat(tables.guard().delete(account, "file-3").deleted()).hasSize(1);

            assertThat(tables.quotas().storageQuota(account).usedQuota()).isEqualTo(4 * BYTES);
            assertThat(tables.quotas().storageQuota(account).fileCount()).isEqualTo(4);
            assertThat(tables.quotas().storageQuota(tables.account(1)).fileCount())
                    .isEqualTo(5);
        }
    }

    private static long number(String database, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        Database.named(database).asItIs().url());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
