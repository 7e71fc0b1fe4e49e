package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.PoolCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.reconcile.StoredFile;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.UsageStoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What an application has in tables of its own, as its own queries tell it. */
class SqlInventoryTest {

    private static final AccountId ACCOUNT = AccountId.of("acme/user-7");
    private static final String TIME = "TIMESTAMP '2026-01-31 12:00:00' AS last_modified";
    private static final Instant INSTANT = Instant.parse("2026-01-31T12:00:00Z");

    private static final String IMAGES =
            "SELECT id AS file, v AS version, owner AS account, kind AS category, size AS bytes, " + TIME
                    + " FROM images WHERE owner = :account OR owner LIKE concat(:account, '/%')";
    private static final String DOCUMENTS =
            "SELECT name AS file, size AS bytes, " + TIME + " FROM documents WHERE tenant = :tenant";

    /** A table that knows versions, owners and kinds, and one that knows none of them. */
    private static final class Scene implements AutoCloseable {

        final HikariDataSource pool;

        Scene(TestDatabase database) {
            this(database, true);
        }

        Scene(TestDatabase database, boolean isAutoCommit) {
            HikariConfig config = database.connect();
            config.setAutoCommit(isAutoCommit);
            pool = TestDatabase.pool(config, 2);
            TestDatabase.execute(
                    pool,
                    "CREATE TABLE images (id VARCHAR(99), v VARCHAR(9), owner VARCHAR(99), kind VARCHAR(9), size BIGINT)");
            TestDatabase.execute(pool, "CREATE TABLE documents (name VARCHAR(99), tenant VARCHAR(99), size BIGINT)");
            TestDatabase.execute(
                    pool,
                    "INSERT INTO images VALUES ('photo', 'v1', 'acme/user-7', 'image', 10),"
                            + " ('photo', 'v2', 'acme/user-7', '', 20), ('logo', NULL, 'acme/user-7/a', NULL, 30),"
                            + " ('other', 'v1', 'acme/user-8', 'image', 40)");
            TestDatabase.execute(pool, "INSERT INTO documents VALUES ('text', 'acme', 5), ('text', 'else', 6)");
        }

        SqlInventory inventory() {
            return SqlInventory.builder(pool)
                    .table(IMAGES, "SELECT * FROM (" + IMAGES + ") i WHERE file IN (:files)")
                    .table(DOCUMENTS, DOCUMENTS + " AND name IN (:files)")
                    .tenants("SELECT owner FROM images WHERE size > 20 UNION ALL SELECT 'else'")
                    .build();
        }

        /** With one query, which is that of a search as well. */
        SqlInventory inventory(String query) {
            return SqlInventory.builder(pool)
                    .table(query, "SELECT * FROM (" + query + ") f WHERE file IN (:files)")
                    .build();
        }

        @Override
        public void close() {
            PoolCheck.requireNothingLeaked(pool);
            pool.close();
        }
    }

    private static StoredFile file(String file, String version, String account, String category, long bytes) {
        return new StoredFile(
                new FileVersion("acme", file, version),
                AccountId.of(account),
                category.isEmpty() ? null : new Category(category),
                bytes,
                INSTANT);
    }

    private static List<StoredFile> all(SqlInventory inventory) {
        try (Stream<StoredFile> files = inventory.list(ACCOUNT)) {
            return files.toList();
        }
    }

    /** The ids that are looked for are texts, and PostgreSQL compares no number with a text. */
    @OnEachServer
    void shouldFindFilesWhoseIdsAreNumbers(TestDatabase database) {
        try (Scene scene = new Scene(database)) {
            TestDatabase.execute(scene.pool, "CREATE TABLE numbered (id BIGINT PRIMARY KEY, owner VARCHAR(64))");
            TestDatabase.execute(scene.pool, "INSERT INTO numbered VALUES (7, 'acme/user-7'), (8, 'acme/user-7')");
            String query =
                    "SELECT id AS file, 5 AS bytes, TIMESTAMP '2026-01-01 00:00:00' AS last_modified FROM numbered WHERE owner = :account";

            assertThat(SqlInventory.builder(scene.pool)
                            .table(query, query + " AND id IN (:files)")
                            .build()
                            .find(ACCOUNT, Set.of(new FileVersion("acme", "7", ""), new FileVersion("acme", "9", ""))))
                    .extracting(file -> file.id().file())
                    .containsExactly("7");
        }
    }

    @OnEachServer
    void shouldReadSeveralTablesAsOneInventory(TestDatabase database) {
        try (Scene scene = new Scene(database)) {
            assertThat(all(scene.inventory()))
                    .containsExactlyInAnyOrder(
                            file("photo", "v1", "acme/user-7", "image", 10),
                            file("photo", "v2", "acme/user-7", "", 20),
                            file("logo", "", "acme/user-7/a", "", 30),
                            file("text", "", "acme/user-7", "", 5));
            assertThat(scene.inventory()
                            .find(
                                    ACCOUNT,
                                    Set.of(
                                            new FileVersion("acme", "photo", "v2"),
                                            new FileVersion("acme", "text", ""),
                                            new FileVersion("acme", "gone", ""))))
                    .containsExactlyInAnyOrder(
                            file("photo", "v2", "acme/user-7", "", 20), file("text", "", "acme/user-7", "", 5));
            assertThat(scene.inventory().find(ACCOUNT, Set.of())).isEmpty();
            try (Stream<String> tenants = scene.inventory().tenants()) {
                assertThat(tenants).containsExactlyInAnyOrder("acme/user-7/a", "acme/user-8", "else");
            }
        }
    }

    @OnEachServer
    void shouldGiveConnectionsBackAsTheyWereAlsoWithoutAutoCommit(TestDatabase database) throws Exception {
        for (boolean isAutoCommit : new boolean[] {true, false}) {
            try (Scene scene = new Scene(database, isAutoCommit);
                    Connection connection = scene.pool.getConnection()) {
                SqlInventory inventory = SqlInventory.builder(only(connection))
                        .table(DOCUMENTS, DOCUMENTS + " AND name IN (:files)")
                        .build();
                assertThat(all(inventory)).hasSize(1);
                requireAsItWas(connection, isAutoCommit);
                TestDatabase.execute(scene.pool, "INSERT INTO documents VALUES ('later', 'acme', 7)");
                assertThat(inventory.find(ACCOUNT, Set.of(new FileVersion("acme", "later", ""))))
                        .as("no snapshot is left over")
                        .hasSize(1);
                requireAsItWas(connection, isAutoCommit);
                SqlInventory broken = SqlInventory.builder(only(connection))
                        .table("SELECT nothing FROM nowhere WHERE :tenant = ''", DOCUMENTS + " AND name IN (:files)")
                        .build();
                assertThatExceptionOfType(UsageStoreException.class)
                        .isThrownBy(() -> all(broken))
                        .withMessageStartingWith("read of the inventory failed");
                requireAsItWas(connection, isAutoCommit);
            }
        }
    }

    private static void requireAsItWas(Connection connection, boolean isAutoCommit) throws SQLException {
        assertThat(connection.getAutoCommit()).isEqualTo(isAutoCommit);
    }

    /** Hands out one real connection again and again, as a caller that keeps it would, and no pool that would tidy it up. */
    private static DataSource only(Connection connection) {
        Connection kept = (Connection) Proxy.newProxyInstance(
                SqlInventoryTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    try {
                        return method.getName().equals("close") ? null : method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return (DataSource) Proxy.newProxyInstance(
                SqlInventoryTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> kept);
    }

    @OnEachServer
    void shouldGiveConnectionsBackWhenItIsStoppedEarly(TestDatabase database) {
        try (Scene scene = new Scene(database)) {
            SqlInventory inventory = scene.inventory();
            assertThatIllegalStateException().isThrownBy(() -> {
                try (Stream<StoredFile> files = inventory.list(ACCOUNT)) {
                    files.forEach(file -> {
                        throw new IllegalStateException("enough");
                    });
                }
            });
            PoolCheck.requireNothingLeaked(scene.pool);
            try (Stream<StoredFile> files = inventory.list(ACCOUNT)) {
                assertThat(files.findFirst()).isPresent();
            }
            PoolCheck.requireNothingLeaked(scene.pool);
            try (Stream<StoredFile> files = inventory.list(ACCOUNT)) {
                assertThat(files.iterator().next()).isNotNull();
            }
        }
    }

    @OnEachServer
    void shouldLeaveLiteralsCommentsAndNamesAlone(TestDatabase database) {
        String cast = database.isMariaDb() ? "size" : "size::bigint";
        String quoted = database.isMariaDb() ? "`bytes`" : "\"bytes\"";
        String alias = database == TestDatabase.H2 ? "AS bytes" : "AS " + quoted;
        String query = "SELECT name AS file, " + cast + " " + alias + ", " + TIME
                + " /* of :nobody's '*/ FROM documents -- for :nobody's\n"
                + "WHERE tenant = :tenant AND name <> ':x it''s :y' AND :account LIKE concat(:tenant, '%')";
        try (Scene scene = new Scene(database)) {
            assertThat(all(scene.inventory(query))).containsExactly(file("text", "", "acme/user-7", "", 5));
            assertThat(scene.inventory(query).find(ACCOUNT, Set.of(new FileVersion("acme", "text", ""))))
                    .hasSize(1);
        }
    }

    @OnEachServer
    void shouldTakeATimeWithoutAZoneForOneOfUtcWhereverItRuns(TestDatabase database) {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
        try (Scene scene = new Scene(database)) {
            TestDatabase.execute(
                    scene.pool,
                    "CREATE TABLE times (at %s)".formatted(database.isMariaDb() ? "DATETIME(6)" : "TIMESTAMP(6)"));
            TestDatabase.execute(scene.pool, "INSERT INTO times VALUES (TIMESTAMP '2026-03-08 02:30:00.123456')");
            String query = "SELECT 'f' AS file, 1 AS bytes, at AS last_modified FROM times WHERE :tenant = 'acme'";

            assertThat(all(scene.inventory(query)))
                    .as("an hour that is left out in New York")
                    .extracting(StoredFile::lastModified)
                    .containsExactly(Instant.parse("2026-03-08T02:30:00.123456Z"));

            if (!database.isMariaDb()) {
                assertThat(all(scene.inventory(
                                query.replace("at AS", "TIMESTAMP WITH TIME ZONE '2026-03-08 04:30:00+02:00' AS"))))
                        .extracting(StoredFile::lastModified)
                        .containsExactly(Instant.parse("2026-03-08T02:30:00Z"));
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @OnEachServer
    void shouldRefuseRowsAndColumnsThatTellNoFile(TestDatabase database) {
        try (Scene scene = new Scene(database)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> all(scene.inventory(
                            "SELECT name AS file, size, " + TIME + " FROM documents WHERE tenant = :tenant")))
                    .withMessageContaining("but not bytes: name it with AS");
            TestDatabase.execute(scene.pool, "INSERT INTO documents VALUES ('without', 'acme', NULL)");
            assertThatIllegalStateException()
                    .isThrownBy(() -> all(scene.inventory(DOCUMENTS)))
                    .withMessageContaining("without file, bytes or last_modified: file without");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> all(scene.inventory(
                            IMAGES.replace("WHERE owner = :account", "WHERE owner = 'acme/user-8' OR owner = :account")
                                    .replace("owner AS account", "'else' AS account"))))
                    .withMessageContaining("is not of the tenant");
        }
    }

    @Test
    void shouldRefuseQueriesThatAreNotBoundToAnAccount() {
        try (HikariDataSource pool = TestDatabase.H2.pool(1)) {
            SqlInventory.Builder builder = SqlInventory.builder(pool);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.table("SELECT 1", "SELECT 1 WHERE id IN (:files) AND t = :tenant"))
                    .withMessageStartingWith("query without :account or :tenant");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.table(DOCUMENTS, "SELECT 1 WHERE id IN (:files)"))
                    .withMessageStartingWith("query without :account or :tenant");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.table(DOCUMENTS, DOCUMENTS))
                    .withMessageStartingWith("query without :files");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.table(DOCUMENTS + " AND name IN (:files)", DOCUMENTS))
                    .withMessageStartingWith("query has the parameter :files");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.table(DOCUMENTS + " AND owner = :owner", DOCUMENTS))
                    .withMessageStartingWith("query has the parameter :owner");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.tenants("SELECT :tenant"))
                    .withMessageStartingWith("query has the parameter :tenant");
            assertThatIllegalStateException()
                    .isThrownBy(builder::build)
                    .withMessage("an inventory needs the queries of a table");
        }
    }

    @Test
    void shouldReadAQueryWithALongLiteral() {
        String literal = "'" + "x''".repeat(100_000) + "'";
        assertThat(NamedQuery.of("SELECT " + literal + " WHERE t = :tenant", false)
                        .parameters())
                .containsExactly("tenant");
    }
}
