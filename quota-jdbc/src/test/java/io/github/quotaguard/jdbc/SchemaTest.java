package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.proof.Crowd;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The tables: made by the scripts as they are or by the store, equal on every database. */
class SchemaTest {

    private static final AccountId ACME = AccountId.of("acme");

    private static final List<String> TABLES = List.of(
            "allocation",
            "audit",
            "cleanup",
            "evaluation",
            "ledger",
            "level",
            "limit",
            "plan",
            "repair",
            "usage",
            "warning");

    /** What each database calls the same type; MariaDB keeps a point in time as one in UTC. */
    private static final Map<String, String> TYPES = Map.of(
            "CHARACTER VARYING", "varchar",
            "VARCHAR", "varchar",
            "BIGINT", "int8",
            "INTEGER", "int4",
            "INT", "int4",
            "TIMESTAMP WITH TIME ZONE", "timestamptz",
            "DATETIME", "timestamptz");

    private static void upload(JdbcUsageStore store) {
        UploadGuard guard = Stage.guard(store, Duration.ofMinutes(1));
        guard.reserve(Upload.of("acme/user-7", "kept", 10).category("image")).commit();
        guard.reserve(Upload.of("acme/user-7", "deleted", 20).category("image")).commit();
        guard.delete("acme/user-7", "deleted");
        guard.reserve(Upload.of("acme/user-7", "released", 30)).close();
        assertThat(store.usage(ACME).total()).isEqualTo(new Usage(10, 0, 1, 0));
        assertThat(store.entries("acme", 0, 10).items()).hasSize(4);
    }

    @OnEachServer
    void shouldKeepWhatIsThereWhenCreatedAgain(TestDatabase database) {
        try (HikariDataSource pool = database.pool(2)) {
            try (JdbcUsageStore store = Stage.store(pool, builder -> builder)) {
                upload(store);
            }
            try (JdbcUsageStore store = Stage.store(pool, builder -> builder)) {
                assertThat(store.usage(ACME).total()).isEqualTo(new Usage(10, 0, 1, 0));
            }
        }
    }

    @OnEachServer
    void shouldBeCreatedByManyNodesAtOnceInOneTransactionEach(TestDatabase database) throws Exception {
        HikariConfig config = database.connect();
        config.setAutoCommit(false);
        try (HikariDataSource pool = TestDatabase.pool(config, 8)) {
            for (int round = 0; round < 5; round++) {
                String prefix = "round" + round + "_";
                Crowd.run(8, thread -> {
                    JdbcUsageStore store = Stage.store(pool, builder -> builder.tablePrefix(prefix));
                    store.close();
                });
                try (JdbcUsageStore store = Stage.store(pool, builder -> builder.tablePrefix(prefix))) {
                    upload(store);
                }
            }
        }
    }

    @OnEachServer
    void shouldStandInAnotherSchemaUnderAnotherPrefix(TestDatabase database) throws Exception {
        try (HikariDataSource pool = database.pool(2)) {
            String schema = "Storage_" + database;
            TestDatabase.execute(pool, "CREATE SCHEMA " + schema);
            try (JdbcUsageStore store =
                    Stage.store(pool, builder -> builder.schema(schema).tablePrefix("Up1_"))) {
                upload(store);
            }
            assertThat(tables(pool, schema)).containsExactlyElementsOf(names("up1_"));
            assertThat(tables(pool, schema(pool))).isEmpty();
        }
    }

    /** Returns the schema of a connection, which MariaDB calls its catalog. */
    private static String schema(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            String schema = connection.getSchema();
            return schema == null ? connection.getCatalog() : schema;
        }
    }

    private static List<String> names(String prefix) {
        return TABLES.stream().map(prefix::concat).toList();
    }

    private static Set<String> tables(DataSource dataSource, String schema) throws SQLException {
        Set<String> names = new TreeSet<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT lower(table_name) FROM information_schema.tables WHERE lower(table_schema) = lower(?)")) {
            statement.setString(1, schema);
            try (ResultSet tables = statement.executeQuery()) {
                while (tables.next()) {
                    names.add(tables.getString(1));
                }
            }
        }
        return names;
    }

    @OnEachServer
    void shouldCreateTheTablesByItsScriptAsItIs(TestDatabase database) throws Exception {
        try (HikariDataSource pool = database.pool(2)) {
            for (int times = 0; times < 2; times++) {
                switch (database) {
                    case H2 ->
                        TestDatabase.execute(
                                pool, "RUNSCRIPT FROM 'classpath:io/github/quotaguard/jdbc/schema-h2.sql'");
                    case POSTGRESQL -> TestDatabase.execute(pool, read("schema-postgresql.sql"));
                    case MARIADB, MARIADB_SNAPSHOTS -> {
                        for (String statement :
                                read("schema-mariadb.sql").strip().split(";\n", -1)) {
                            TestDatabase.execute(pool, statement);
                        }
                    }
                }
            }
            try (JdbcUsageStore store = JdbcUsageStore.builder(pool).build()) {
                upload(store);
            }
            assertThat(tables(pool, schema(pool))).containsExactlyElementsOf(names("quota_"));
        }
    }

    private static String read(String script) throws IOException {
        try (InputStream resource = JdbcUsageStore.class.getResourceAsStream(script)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What a table consists of; indexes by their columns, since their names are free. */
    private record Table(List<String> columns, List<String> primaryKey, Set<String> unique, Set<String> indexes) {}

    @Test
    void shouldBeTheSameOnEveryDatabase() throws Exception {
        Map<String, Table> h2 = describe(TestDatabase.H2, "quota_");
        Map<String, Table> postgres = describe(TestDatabase.POSTGRESQL, "quota_");
        Map<String, Table> mariaDb = describe(TestDatabase.MARIADB, "quota_");

        assertThat(h2).hasSize(TABLES.size());
        for (Map<String, Table> others : List.of(postgres, mariaDb)) {
            assertThat(others.keySet()).isEqualTo(h2.keySet());
            h2.forEach((name, table) -> {
                Table other = others.get(name);
                assertThat(other.columns()).as(name).isEqualTo(table.columns());
                assertThat(other.primaryKey()).as(name).isEqualTo(table.primaryKey());
                assertThat(table.indexes())
                        .as(name)
                        .allSatisfy(index -> assertThat(other.indexes()).anyMatch(longer -> longer.startsWith(index)));
            });
        }
        h2.forEach((name, table) ->
                assertThat(postgres.get(name).unique()).as(name).isEqualTo(table.unique()));
    }

    /** No MySQL server is there to try it on. */
    @Test
    void shouldBeTheSameForMySqlButForTheCollation() throws Exception {
        assertThat(read("schema-mysql.sql"))
                .isEqualTo(read("schema-mariadb.sql")
                        .replace("MariaDB", "MySQL")
                        .replace("utf8mb4_nopad_bin", "utf8mb4_0900_bin"));
    }

    /** But for the plans, which are of no tenant, and the search for the accounts of a plan, which is in all of them. */
    @OnEachServer
    void shouldBeginEveryKeyAndIndexWithTheTenant(TestDatabase database) throws Exception {
        Map<String, Table> tables = describe(database, "quota_");
        assertThat(tables.remove("quota_plan").primaryKey()).containsExactly("name");
        tables.forEach((name, table) -> {
            assertThat(table.primaryKey()).as(name).isNotEmpty().first().isEqualTo("tenant");
            assertThat(table.indexes())
                    .as(name)
                    .isNotEmpty()
                    .allMatch(columns -> columns.startsWith("tenant") || columns.equals("plan tenant account"));
            assertThat(table.unique()).as(name).allMatch(columns -> columns.startsWith("tenant"));
        });
    }

    @OnEachServer
    void shouldGiveEveryPrefixKeysAndIndexesOfItsOwn(TestDatabase database) throws Exception {
        Map<String, Table> tables = describe(database, "quota_", "other_");
        assertThat(tables).hasSize(2 * TABLES.size());
        for (String name : TABLES) {
            assertThat(tables.get("other_" + name)).as(name).isEqualTo(tables.get("quota_" + name));
        }
    }

    private static Map<String, Table> describe(TestDatabase database, String... prefixes) throws SQLException {
        Map<String, Table> tables = new TreeMap<>();
        try (HikariDataSource pool = database.pool(2)) {
            for (String prefix : prefixes) {
                Stage.store(pool, builder -> builder.tablePrefix(prefix)).close();
            }
            try (Connection connection = pool.getConnection()) {
                DatabaseMetaData data = connection.getMetaData();
                for (String name : tables(pool, schema(pool))) {
                    tables.put(
                            name, describe(data, database == TestDatabase.H2 ? name.toUpperCase(Locale.ROOT) : name));
                }
            }
        }
        return tables;
    }

    private static Table describe(DatabaseMetaData data, String name) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (ResultSet rows = data.getColumns(data.getConnection().getCatalog(), null, name, "%")) {
            while (rows.next()) {
                String type = rows.getString("TYPE_NAME");
                String size =
                        TYPES.getOrDefault(type, type).equals("varchar") ? "(" + rows.getInt("COLUMN_SIZE") + ")" : "";
                columns.add(rows.getString("COLUMN_NAME").toLowerCase(Locale.ROOT) + " "
                        + TYPES.getOrDefault(type, type) + size + " nullable " + rows.getString("IS_NULLABLE"));
            }
        }
        Map<Integer, String> primaryKey = new TreeMap<>();
        try (ResultSet rows = data.getPrimaryKeys(data.getConnection().getCatalog(), null, name)) {
            while (rows.next()) {
                primaryKey.put(
                        rows.getInt("KEY_SEQ"), rows.getString("COLUMN_NAME").toLowerCase(Locale.ROOT));
            }
        }
        Set<String> unique = new TreeSet<>(indexes(data, name, true).values());
        Set<String> all = new TreeSet<>(indexes(data, name, false).values());
        return new Table(columns, List.copyOf(primaryKey.values()), unique, all);
    }

    private static Map<String, String> indexes(DatabaseMetaData data, String name, boolean unique) throws SQLException {
        Map<String, String> columns = new TreeMap<>();
        try (ResultSet rows = data.getIndexInfo(data.getConnection().getCatalog(), null, name, unique, false)) {
            while (rows.next()) {
                columns.merge(
                        rows.getString("INDEX_NAME"),
                        rows.getString("COLUMN_NAME").toLowerCase(Locale.ROOT),
                        (first, next) -> first + " " + next);
            }
        }
        return columns;
    }

    @Test
    void shouldCompareIdsByteForByteOnPostgres() throws Exception {
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(2)) {
            Stage.store(pool, builder -> builder).close();
            try (Connection connection = pool.getConnection()) {
                assertThat(TableCheck.rows(
                                connection,
                                "SELECT table_name, column_name, collation_name FROM information_schema.columns"
                                        + " WHERE table_name LIKE 'quota%' AND data_type = 'character varying'"
                                        + " AND collation_name IS DISTINCT FROM 'C'"))
                        .isEmpty();
            }
        }
    }

    @OnEachServer
    void shouldBeCreatedByManyNodesAtOnce(TestDatabase database) throws Exception {
        try (HikariDataSource pool = database.pool(8)) {
            for (int round = 0; round < 20; round++) {
                String prefix = "round" + round + "_";
                Crowd.run(
                        8,
                        thread -> Stage.store(pool, builder -> builder.tablePrefix(prefix))
                                .close());
            }
        }
    }

    /** As when the next release has its column added while this one is still running. */
    @OnEachServer
    void shouldGoOnWhileAColumnIsAdded(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database);
                Connection migration = stage.pool.getConnection()) {
            for (int i = 0; i < 20; i++) {
                stage.stored("acme/user-7", "f" + i, 1);
            }
            for (String table : new String[] {
                "quota_usage", "quota_allocation", "quota_ledger", "quota_level", "quota_warning", "quota_evaluation"
            }) {
                Stage.execute(migration, "ALTER TABLE " + table + " ADD COLUMN added INTEGER");
            }
            stage.stored("acme/user-7", "photo", 1);
            assertThat(stage.usage("acme").usedBytes()).isEqualTo(21);
        }
    }

    /** To create an index that is there would wait for every transaction that has written to the table. */
    @OnEachServer
    void shouldLeaveTablesAloneThatAreThere(TestDatabase database) throws Exception {
        StatementLog log = new StatementLog();
        try (Stage stage = Stage.on(database);
                Connection connection = stage.begin()) {
            stage.store.in(connection).commit(stage.reserve("acme/user-7", "photo", 10));
            Stage.store(log.around(stage.pool), builder -> builder).close();
            assertThat(log.executions()).noneMatch(statement -> statement.contains("CREATE"));
            connection.rollback();
        }
    }
}
