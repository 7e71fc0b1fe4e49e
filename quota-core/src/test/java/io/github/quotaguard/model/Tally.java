package io.github.quotaguard.model;

import io.github.quotaguard.model.Answer.What;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Counts what histories were made of. */
public final class Tally {

    private static final Path FILE = Path.of("target", "proof.csv");
    private static final String HEADER = "row,database,operations,admitted,refused,busy,unknown,violations,seed\n";

    private long operations;
    private long admitted;
    private long refused;
    private long busy;
    private long violations;

    void countStep() {
        operations++;
    }

    void countViolation() {
        violations++;
    }

    void count(What answer) {
        switch (answer) {
            case GRANTED, EXTENDED, COMMITTED -> admitted++;
            case REFUSED -> refused++;
            case BUSY -> busy++;
            default -> {}
        }
    }

    /**
     * Appends a row to {@code target/proof.csv}; calls come one by one, so that none is unknown.
     *
     * @param row the proof's name
     * @param database what the store keeps its books in
     * @param seed of the first history
     */
    public void append(String row, String database, long seed) {
        String line = "%s,%s,%d,%d,%d,%d,0,%d,%d%n"
                .formatted(row, database, operations, admitted, refused, busy, violations, seed);
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(
                    FILE,
                    Files.exists(FILE) ? line : HEADER + line,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
