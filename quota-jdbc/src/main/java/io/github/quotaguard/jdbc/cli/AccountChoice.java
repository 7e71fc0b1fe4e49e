package io.github.quotaguard.jdbc.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One account, or all. */
final class AccountChoice {

    @Parameters(
            arity = "0..1",
            paramLabel = "ACCOUNT",
            description = "the account, with everything below it. Example: acme or acme/user-7")
    private @Nullable String account;

    @Option(names = "--all", description = "all accounts. Example: --all")
    private boolean isAll;

    boolean isAll() {
        return isAll;
    }

    boolean isGiven() {
        return account != null || isAll;
    }

    String account() {
        return Objects.requireNonNull(account);
    }

    /** Insists on one of the two. */
    void require() {
        if (account != null && isAll) {
            throw new UsageException("ACCOUNT %s and --all exclude each other: leave one out".formatted(account));
        }
        if (!isGiven()) {
            throw new UsageException("which account? Name one, such as acme, or all of them with --all");
        }
    }
}
