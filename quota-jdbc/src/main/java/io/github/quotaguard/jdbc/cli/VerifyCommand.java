package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.reconcile.Verifier;
import io.github.quotaguard.reconcile.Violation;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks whether the records agree with each other. */
@Command(
        name = "verify",
        description = {
            "Checks whether the records agree with each other, without looking at files: of one account, or else of all."
                    + " Changes nothing. Ends with 1 if they do not.",
            "Example: quota verify acme"
        })
final class VerifyCommand extends DatabaseCommand {

    @Mixin
    private final AccountChoice choice = new AccountChoice();

    VerifyCommand(QuotaCommand quota) {
        super(quota);
    }

    @Override
    void check() {
        if (choice.isGiven()) {
            choice.require();
        }
    }

    @Override
    int run(Database database) {
        Verifier verifier = Verifier.of(database.store());
        List<Violation> violations = new ArrayList<>();
        long tenants = 1;
        if (choice.isAll() || !choice.isGiven()) {
            tenants = verifier.verifyAll(violations::add);
        } else {
            violations.addAll(verifier.verify(choice.account()));
        }
        boolean isConsistent = violations.isEmpty();
        quota().print(new Document()
                .headline(
                        isConsistent,
                        isConsistent
                                ? "consistent"
                                : "%d rules are broken; \"quota repair\" corrects counters"
                                        .formatted(violations.size()))
                .put("accounts", tenants)
                .put("consistent", isConsistent)
                .put(
                        "violations",
                        violations.stream().map(VerifyCommand::document).toList()));
        return isConsistent ? ExitCode.DONE : ExitCode.DRIFT;
    }

    private static Document document(Violation violation) {
        return new Document()
                .put("rule", violation.rule())
                .put("account", violation.account().path())
                .put("category", ReconcileDocuments.name(violation.category()))
                .put("message", violation.message());
    }
}
