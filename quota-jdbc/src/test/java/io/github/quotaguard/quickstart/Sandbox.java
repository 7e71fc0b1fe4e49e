package io.github.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.StorageQuota;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;

/** A directory to upload from and one to upload to, and the program run on them. */
final class Sandbox {

    final Path temp;
    final Path source;
    final Path target;

    Sandbox(Path temp) throws IOException {
        this.temp = temp;
        source = Files.createDirectory(temp.resolve("source"));
        target = temp.resolve("target");
    }

    /** Runs the program to its good end, and checks what has to hold after every run. */
    Run run(String... args) throws Exception {
        Run run = startHere(args);
        assertThat(run.err).isEmpty();
        assertThat(run.exitCode).isZero();
        assertThat(run.lines())
                .filteredOn(line -> !line.startsWith("from ") && !line.startsWith("to "))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));

        List<String> books =
                run.lines().subList(run.lines().size() - 3, run.lines().size());
        assertThat(books)
                .extracting(line -> line.substring(10))
                .containsOnly(books.get(0).substring(10));
        return run;
    }

    Run startHere(String... args) {
        List<String> all = new ArrayList<>(List.of("--dir", source.toString()));
        if (!List.of(args).contains("--target")) {
            all.addAll(List.of("--target", target.toString()));
        }
        if (!List.of(args).contains("--ttl")) {
            all.addAll(List.of("--ttl", "50"));
        }
        all.addAll(List.of(args));
        return start(all.toArray(String[]::new));
    }

    static Run start(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Quickstart.run(new PrintWriter(out), new PrintWriter(err), args);
        return new Run(exitCode, out.toString(), err.toString());
    }

    record Run(int exitCode, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    private String database() {
        return target + "-quota";
    }

    /** Opens the database as another program would, and compares its three books. */
    long bytes(String account) throws Exception {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:file:" + database());
        try (Connection keptOpen = dataSource.getConnection();
                JdbcUsageStore store = JdbcUsageStore.builder(dataSource).build()) {
            long charged = 0;
            QuotaService quotas = QuotaService.of(store, QuotaPolicy.fixed(QuotaLimits.unlimited()));
            for (String tenant : tenants(keptOpen)) {
                StorageQuota quota = quotas.storageQuota(tenant);
                assertThat(quota.reservedQuota()).isZero();
                charged += quota.usedQuota();
            }
            assertThat(charged).isEqualTo(sumOfRows(keptOpen)).isEqualTo(sumOnDisk());
            return quotas.storageQuota(account).usedQuota();
        }
    }

    private static List<String> tenants(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT DISTINCT tenant FROM quota_usage")) {
            List<String> tenants = new ArrayList<>();
            while (rows.next()) {
                tenants.add(rows.getString(1));
            }
            return tenants;
        }
    }

    private static long sumOfRows(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT SUM(bytes) FROM files")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private long sumOnDisk() throws IOException {
        long bytes = 0;
        for (Path file : files(target)) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    List<String> contents() throws IOException {
        List<String> contents = new ArrayList<>();
        for (Path file : files(target.resolve("quickstart"))) {
            contents.add(Files.readString(file));
        }
        return contents;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).toList();
        }
    }

    static void deleteFiles(Path directory) throws IOException {
        for (Path file : files(directory)) {
            Files.delete(file);
        }
    }

    void write(String file, int bytes) throws IOException {
        Path path = source.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "x".repeat(bytes));
    }
}
