package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.jdbc.SqlFileDeleter;
import io.github.quotaguard.jdbc.SqlInventory;
import io.github.quotaguard.reconcile.FileInventory;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A properties file with an application's queries: {@code tenants}, and for each table {@code NAME.list},
 * {@code NAME.find} and {@code NAME.delete}.
 */
final class InventoryFile {

    private static final Set<String> KINDS = Set.of("list", "find", "delete");

    private final Path file;
    private final Properties queries;
    private final Set<String> tables = new TreeSet<>();

    private InventoryFile(Path file, Properties queries) {
        this.file = file;
        this.queries = queries;
        for (String name : queries.stringPropertyNames()) {
            int dot = name.lastIndexOf('.');
            if (dot > 0 && KINDS.contains(name.substring(dot + 1))) {
                tables.add(name.substring(0, dot));
            } else if (!name.equals("tenants")) {
                throw wrong("has '%s', allowed are tenants, and for each table NAME.list, NAME.find and NAME.delete"
                        .formatted(name));
            }
        }
    }

    static InventoryFile read(Path file) {
        Properties queries = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            queries.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException("--inventory %s can not be read (%s): name a properties file in UTF-8"
                    .formatted(file, e.getClass().getSimpleName()));
        }
        return new InventoryFile(file, queries);
    }

    FileInventory inventory(DataSource dataSource) {
        SqlInventory.Builder inventory = SqlInventory.builder(dataSource);
        boolean isEmpty = true;
        for (String table : tables) {
            String list = query(table + ".list");
            String find = query(table + ".find");
            if (list != null && find != null) {
                checked(table, () -> inventory.table(list, find));
                isEmpty = false;
            } else if (list != null || find != null) {
                throw wrong("has %s, but not %s"
                        .formatted(
                                table + (list == null ? ".find" : ".list"),
                                table + (list == null ? ".list" : ".find")));
            }
        }
        if (isEmpty) {
            throw wrong("names no table: it needs NAME.list and NAME.find, such as images.list and images.find");
        }
        String tenants = query("tenants");
        if (tenants != null) {
            checked("tenants", () -> inventory.tenants(tenants));
        }
        return inventory.build();
    }

    FileDeleter deleter(DataSource dataSource) {
        List<String> statements = new ArrayList<>();
        for (String table : tables) {
            String delete = query(table + ".delete");
            if (delete != null) {
                statements.add(delete);
            }
        }
        if (statements.isEmpty()) {
            throw wrong(
                    "has no statement that deletes: a cleanup needs NAME.delete, such as images.delete = DELETE FROM"
                            + " images WHERE owner = :account AND id = :file");
        }
        try {
            return SqlFileDeleter.of(dataSource, statements);
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
    }

    private @Nullable String query(String name) {
        return queries.getProperty(name);
    }

    private void checked(String what, Runnable work) {
        try {
            work.run();
        } catch (IllegalArgumentException e) {
            throw wrong(what + ": " + e.getMessage());
        }
    }

    private UsageException wrong(@Nullable String message) {
        return new UsageException("--inventory %s %s".formatted(file, message));
    }
}
