package io.github.quotaguard.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What one run of a proof came to.
 *
 * @param row the proof's name
 * @param database what the store keeps its books in
 * @param operations how many there were
 * @param admitted how many of them were
 * @param refused how many were
 * @param busy how many were told so
 * @param unknown of how many the outcome was
 * @param violations what must be 0
 * @param seed what it replays from
 */
public record ProofLine(
        String row,
        String database,
        long operations,
        long admitted,
        long refused,
        long busy,
        long unknown,
        long violations,
        long seed) {

    private static final Path FILE = Path.of("target", "proof.csv");
    private static final String HEADER = "row,database,operations,admitted,refused,busy,unknown,violations,seed\n";

    /** Appends it to {@code target/proof.csv}. */
    public void append() {
        String line = "%s,%s,%d,%d,%d,%d,%d,%d,%d\n"
                .formatted(row, database, operations, admitted, refused, busy, unknown, violations, seed);
        try {
            Files.createDirectories(FILE.getParent());
            String start = Files.exists(FILE) ? "" : HEADER;
            Files.writeString(FILE, start + line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
