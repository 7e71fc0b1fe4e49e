package io.github.quotaguard.jdbc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.proof.TestDatabase;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Somebody at a terminal, beside an application that has a table of images in a database of its own. */
final class Operator implements AutoCloseable {

    static final String INVENTORY = """
            tenants = SELECT DISTINCT owner FROM images
            images.list = SELECT id AS file, size AS bytes, 'image' AS category, created_at AS last_modified \\
              FROM images WHERE owner = :account
            images.find = SELECT id AS file, size AS bytes, 'image' AS category, created_at AS last_modified \\
              FROM images WHERE owner = :account AND id IN (:files)
            images.delete = DELETE FROM images WHERE owner = :account AND id = :file
            """;

    final HikariDataSource pool;
    final Path inventory;
    final Map<String, String> environment = new HashMap<>();
    OptionalInt width = OptionalInt.empty();
    boolean isColoured;
    PrintStream progress;
    Function<String, char[]> prompt;
    BooleanSupplier cancelled = () -> false;

    /** What a run of the program has said, and its exit code. */
    record Run(int exitCode, String out, String err) {

        Map<String, Object> json() {
            try {
                return JSON.std.mapFrom(out);
            } catch (IOException e) {
                throw new UncheckedIOException(out, e);
            }
        }

        List<String> lines() {
            return out.lines().toList();
        }
    }

    Operator(TestDatabase database, Path directory) {
        HikariConfig config = database.connect();
        environment.put("QUOTA_URL", config.getJdbcUrl());
        pool = TestDatabase.pool(config, 4);
        inventory = write(directory.resolve("inventory.properties"), INVENTORY);
        execute("CREATE TABLE images (id VARCHAR(255), owner VARCHAR(255), size BIGINT, created_at TIMESTAMP)");
    }

    static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the program, which has to say nothing of an error unless it ends with 2 or 3. */
    Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Run run = new Run(Main.run(terminal(out, err), args), out.toString(), err.toString());
        if (run.exitCode() < ExitCode.USAGE) {
            assertThat(run.err()).isEmpty();
        }
        return run;
    }

    Terminal terminal() {
        return terminal(new StringWriter(), new StringWriter());
    }

    private Terminal terminal(StringWriter out, StringWriter err) {
        return new Terminal(
                new PrintWriter(out),
                new PrintWriter(err),
                environment,
                width,
                isColoured,
                progress,
                prompt,
                cancelled);
    }

    /** Runs a command that looks at the images. */
    Run look(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--inventory", inventory.toString()));
        return run(all.toArray(String[]::new));
    }

    void createTables() {
        assertThat(run("schema").exitCode()).isZero();
    }

    void execute(String sql) {
        TestDatabase.execute(pool, sql);
    }

    void image(String owner, String id, long size) {
        execute("INSERT INTO images VALUES ('%s', '%s', %d, TIMESTAMP '2026-01-01 00:00:00')"
                .formatted(id, owner, size));
    }

    /** Stores what is recorded; the application's row is another matter. */
    void recorded(Upload upload) {
        try (JdbcUsageStore store = JdbcUsageStore.builder(pool).build()) {
            UploadGuard.builder(store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                    .build()
                    .upload(upload, reservation -> "stored");
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
