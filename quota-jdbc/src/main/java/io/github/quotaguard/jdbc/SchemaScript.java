package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.UsageStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** The script that creates the tables of a database, with the names of a store. */
final class SchemaScript {

    private static final String COMMENT = "(?m)^\\s*--.*$";
    private static final int ATTEMPTS = 20;

    private final List<String> statements;
    private final String lastTable;

    SchemaScript(Dialect dialect, TableNames tables) {
        String script = tables.applyTo(read(dialect.schemaScript()).replaceAll(COMMENT, ""));
        this.statements = Arrays.stream(script.split(";"))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
        this.lastTable = tables.usage();
    }

    private static String read(String resource) {
        try (InputStream script = SchemaScript.class.getResourceAsStream(resource)) {
            if (script == null) {
                throw new IllegalStateException("no resource " + resource);
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the statements as a script. */
    String text() {
        return statements.stream().map(statement -> statement + ";\n").collect(Collectors.joining("\n"));
    }

    /**
     * Creates what is missing. Nodes that start together may do so at once: who loses the race tries again. Where the table
     * that the script creates last is there, all is, and nothing is done: to create an index that exists would lock its
     * table all the same.
     */
    void run(DataSource dataSource) {
        if (isComplete(dataSource)) {
            return;
        }
        for (int attempt = 1; ; attempt++) {
            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                boolean autoCommit = connection.getAutoCommit();
                for (String sql : statements) {
                    statement.execute(sql);
                }
                if (!autoCommit) {
                    connection.commit();
                }
                return;
            } catch (SQLException e) {
                if (attempt == ATTEMPTS) {
                    throw new UsageStoreException(
                            "the tables could not be created: %s; create them with the script of this library"
                                    .formatted(e.getMessage()),
                            false,
                            e);
                }
            }
        }
    }

    private boolean isComplete(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            boolean autoCommit = connection.getAutoCommit();
            try {
                statement.execute("SELECT 1 FROM " + lastTable + " WHERE 1 = 0");
                return true;
            } finally {
                if (!autoCommit) {
                    connection.rollback();
                }
            }
        } catch (SQLException e) {
            return false;
        }
    }
}
