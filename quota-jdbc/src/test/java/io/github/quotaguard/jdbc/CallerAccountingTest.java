package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.Usage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What is used is exact while nothing, or only a part, has been settled; and the caller's connection stays its own. */
class CallerAccountingTest extends StagedTest {

    private static final int STEPS = 150;
    private static final String[] CATEGORIES = {"image", "document"};

    @OnEachServer
    void shouldCountFilesAndBytesExactlyWhateverIsSettled(TestDatabase database) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Stage stage = on(database);
        String tenant = AccountId.of(stage.account()).tenant();
        Map<String, Map<String, Long>> files = new TreeMap<>();
        try (Connection connection = stage.begin()) {
            for (int step = 0; step < STEPS; step++) {
                change(stage, connection, tenant, random, files);
                assertExact(stage, tenant, files, "seed " + seed + ", step " + step);
                if (random.nextInt(20) == 0) {
                    stage.store.sweep();
                    assertExact(stage, tenant, files, "seed " + seed + ", swept after step " + step);
                }
            }
        }
    }

    /** Each file has an account and a category that follow from its number, and up to three versions. */
    private static void change(
            Stage stage, Connection connection, String tenant, Random random, Map<String, Map<String, Long>> files)
            throws SQLException {
        int number = random.nextInt(6);
        String file = "f" + number;
        String account = tenant + "/u" + number % 2;
        Map<String, Long> versions = files.computeIfAbsent(file, none -> new TreeMap<>());
        String version = "v" + random.nextInt(3);
        Map<String, Long> after = new TreeMap<>(versions);
        if (random.nextInt(3) == 0) {
            boolean all = random.nextBoolean();
            CallerConnection joined = stage.store.in(connection);
            DeleteResult result = all ? joined.delete(account, file) : joined.delete(account, file, version);
            long before = after.values().stream().mapToLong(Long::longValue).sum();
            after.keySet().removeIf(each -> all || each.equals(version));
            assertThat(result.freedBytes())
                    .isEqualTo(before
                            - after.values().stream().mapToLong(Long::longValue).sum());
        } else if (!versions.containsKey(version)) {
            long bytes = random.nextInt(20);
            Upload upload = Upload.of(account, file, bytes)
                    .version(version)
                    .category(CATEGORIES[number / 2 % CATEGORIES.length]);
            boolean overwrite = random.nextInt(4) == 0;
            Reservation reservation = stage.guard.reserve(overwrite ? upload.overwrite() : upload);
            stage.store.in(connection).commit(reservation);
            if (overwrite) {
                after.clear();
            }
            after.put(version, bytes);
        }
        if (random.nextInt(5) == 0) {
            connection.rollback();
            stage.guard.versions(account, file).stream()
                    .filter(each -> !versions.containsKey(each.id().version()))
                    .forEach(stage.store::release);
        } else {
            connection.commit();
            files.put(file, after);
        }
    }

    private static void assertExact(Stage stage, String tenant, Map<String, Map<String, Long>> files, String when) {
        for (String account : new String[] {tenant, tenant + "/u0", tenant + "/u1"}) {
            for (String category : new String[] {"", CATEGORIES[0], CATEGORIES[1]}) {
                long bytes = 0;
                long count = 0;
                for (Map.Entry<String, Map<String, Long>> file : files.entrySet()) {
                    int number = Integer.parseInt(file.getKey().substring(1));
                    boolean counts = (account.equals(tenant) || account.endsWith("u" + number % 2))
                            && (category.isEmpty() || category.equals(CATEGORIES[number / 2 % CATEGORIES.length]));
                    if (counts) {
                        bytes += file.getValue().values().stream()
                                .mapToLong(Long::longValue)
                                .sum();
                        count += file.getValue().isEmpty() ? 0 : 1;
                    }
                }
                assertThat(stage.store
                                .usage(AccountId.of(account))
                                .of(category.isEmpty() ? null : new Category(category)))
                        .as("%s %s, %s", account, category, when)
                        .isEqualTo(new Usage(bytes, 0, count, 0));
            }
        }
    }

    @OnEachServer
    void shouldCountAFileOnceWhoseVersionsAreNotSettled(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = stage.begin()) {
            for (String version : new String[] {"v1", "v2", "v3"}) {
                stage.store
                        .in(connection)
                        .commit(stage.guard.reserve(
                                Upload.of(account, "photo", 10).version(version)));
            }
            connection.commit();
        }
        assertThat(stage.unsettled(account)).isEqualTo(3);
        assertThat(stage.usage(account)).isEqualTo(new Usage(30, 0, 1, 0));
    }

    @OnEachServer
    void shouldLeaveTheCallersConnectionAsItWas(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.stored(account, "old", 10);
        String setting = database.readLockTimeout();
        try (Connection connection = stage.begin()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            long lockTimeout = Stage.count(connection, setting);
            Stage.insertFile(connection, account, 10);

            CallerConnection joined = stage.store.in(connection);
            try (Reservation reservation = stage.reserve(account, "photo", 10)) {
                joined.commit(reservation, 20);
                joined.delete(account, "old");
                joined.delete(account, "never");
            }

            assertThat(connection.isClosed()).isFalse();
            assertThat(connection.getAutoCommit()).isFalse();
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(Stage.count(connection, setting)).isEqualTo(lockTimeout);
            assertThat(stage.count("SELECT count(*) FROM files WHERE id = '" + account + "'"))
                    .isZero();
            connection.rollback();
            assertThat(stage.count("SELECT count(*) FROM files WHERE id = '" + account + "'"))
                    .isZero();
        }
        assertThat(stage.usage(account).usedBytes()).isEqualTo(10);
    }
}
