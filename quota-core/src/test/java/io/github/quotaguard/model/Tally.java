package io.github.quotaguard.model;

import io.github.quotaguard.model.Answer.What;

/** Counts what histories were made of. */
public final class Tally {

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
        new ProofLine(row, database, operations, admitted, refused, busy, 0, violations, seed).append();
    }
}
