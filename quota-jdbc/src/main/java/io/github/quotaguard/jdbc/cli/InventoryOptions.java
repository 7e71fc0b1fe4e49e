package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.reconcile.FileInventory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the application has its files. */
final class InventoryOptions {

    @Option(
            names = "--files",
            paramLabel = "DIR",
            description = "the files are below this directory, in one directory for each tenant."
                    + " Example: --files /var/lib/app/uploads")
    private @Nullable Path files;

    @Option(
            names = "--inventory",
            paramLabel = "FILE",
            description = "the files are in tables; FILE has the queries: tenants, and for each table NAME.list,"
                    + " NAME.find, and for cleanup NAME.delete. Example: --inventory inventory.properties")
    private @Nullable Path inventory;

    FileInventory inventory(DataSource dataSource) {
        Path directory = directory();
        if (directory != null) {
            return FileInventory.ofDirectory(directory);
        }
        return InventoryFile.read(Objects.requireNonNull(inventory)).inventory(dataSource);
    }

    /** Returns what deletes files. */
    FileDeleter deleter(DataSource dataSource) {
        Path directory = directory();
        if (directory != null) {
            return new DirectoryDeleter(directory);
        }
        return InventoryFile.read(Objects.requireNonNull(inventory)).deleter(dataSource);
    }

    void require() {
        if (files == null && inventory == null) {
            throw new UsageException(
                    "where are the files? Name their directory with --files DIR, or the queries of their"
                            + " tables with --inventory FILE");
        }
        @Nullable Path unused = directory();
    }

    void requireDeletable() {
        if (files == null && inventory == null) {
            throw new UsageException(
                    "a cleanup has to delete the files before it frees their room: name their directory"
                            + " with --files DIR, or the statements that delete their rows with --inventory FILE; --dry-run needs"
                            + " neither");
        }
        @Nullable Path unused = directory();
    }

    private @Nullable Path directory() {
        if (files == null) {
            return null;
        }
        if (inventory != null) {
            throw new UsageException("--files and --inventory exclude each other: leave one out");
        }
        if (!Files.isDirectory(files)) {
            throw new UsageException("--files %s: no such directory".formatted(files));
        }
        return files;
    }
}
