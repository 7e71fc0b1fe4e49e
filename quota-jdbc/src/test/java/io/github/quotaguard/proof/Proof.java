package io.github.quotaguard.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a proof saw, and appends it to {@code target/proof.csv}. */
public final class Proof {

    private static final Path FILE = Path.of("target", "proof.csv");
    private static final String HEADER = "row,database,operations,admitted,refused,busy,unknown,violations,seed\n";

    public final LongAdder operations = new LongAdder();
    public final LongAdder admitted = new LongAdder();
    public final LongAdder refused = new LongAdder();
    public final LongAdder busy = new LongAdder();
    public final LongAdder unknown = new LongAdder();
    public final LongAdder violations = new LongAdder();

    private final String row;
    private final TestDatabase database;
    private final long seed;

    public Proof(String row, TestDatabase database, long seed) {
        this.row = row;
        this.database = database;
        this.seed = seed;
    }

    /** Says what a run came to, its seed above all, to those who read the output of the tests. */
    public static void say(String format, Object... figures) {
        System.out.printf(format + "%n", figures);
    }

    public void write() {
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
