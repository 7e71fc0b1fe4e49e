package io.github.quotaguard.jdbc;

import io.github.quotaguard.proof.Proof;
import io.github.quotaguard.proof.TestDatabase;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Appends to the proof how many tests of the contract ran for each of its rows, and how many failed. */
final class ContractRows implements AfterTestExecutionCallback, AfterAllCallback {

    private static final Map<String, String> ROW_OF_CONCERN = Map.of(
            "SizeContract", "17",
            "IdContract", "18",
            "RefusedIdContract", "18",
            "TenantContract", "20");

    private final TestDatabase database;
    private final Map<String, Proof> proofs = new TreeMap<>();

    ContractRows(TestDatabase database) {
        this.database = database;
    }

    @Override
    public void afterTestExecution(ExtensionContext test) {
        String concern = test.getRequiredTestMethod().getDeclaringClass().getSimpleName();
        Optional.ofNullable(ROW_OF_CONCERN.get(concern)).ifPresent(row -> {
            Proof proof = proofs.computeIfAbsent(
                    row,
                    first -> new Proof(row + " " + test.getRequiredTestClass().getSimpleName(), database, 0));
            proof.operations.increment();
            test.getExecutionException().ifPresent(failure -> proof.violations.increment());
        });
    }

    @Override
    public void afterAll(ExtensionContext contract) {
        proofs.values().forEach(Proof::write);
    }
}
