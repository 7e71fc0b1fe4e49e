package io.github.quotaguard.jdbc;

import io.github.quotaguard.proof.Proof;
import io.github.quotaguard.proof.TestDatabase;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Row 13: counts the cells of callers' transactions that were run, and those in which something did not hold. */
final class CountedCells implements AfterTestExecutionCallback, AfterAllCallback {

    private final Proof proof;

    CountedCells(String name, TestDatabase database) {
        this.proof = new Proof("13-" + name, database, 0);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        proof.operations.increment();
        if (context.getExecutionException().isPresent()) {
            proof.violations.increment();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        proof.write();
    }
}
