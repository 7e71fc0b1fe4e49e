package io.github.quotaguard.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a proof saw, and appends it to {@code target/proof.csv}. */
final class Proof {

    private static final Path FILE = Path.of("target", "proof.csv");
    private static final String HEADER = "row,database,operations,admitted,refused,busy,unknown,violations,seed\n";

    final LongAdder operations = new LongAdder();
    final LongAdder admitted = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder busy = new LongAdder();
    final LongAdder unknown = new LongAdder();
    final LongAdder violations = new LongAdder();

    private final String row;
    private final TestDatabase database;
    private final long seed;

    Proof(String row, TestDatabase database, long seed) {
        this.row = row;
        this.database = database;
        this.seed = seed;
    }

    void write() {
        String line = String.join(
                        ",",
                        row,
                        database.name(),
                        operations.toString(),
                        admitted.toString(),
                        refused.toString(),
                        busy.toString(),
                        unknown.toString(),
                        violations.toString(),
                        Long.toString(seed))
                + "\n";
        synchronized (Proof.class) {
            try {
                Files.createDirectories(FILE.getParent());
                String start = Files.exists(FILE) ? "" : HEADER;
                Files.writeString(FILE, start + line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
