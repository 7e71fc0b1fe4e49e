package io.github.quotaguard.jdbc.cli;

import java.util.concurrent.Callable;

/** A command that works on the records. */
abstract class DatabaseCommand implements Callable<Integer> {

    private final QuotaCommand quota;

    DatabaseCommand(QuotaCommand quota) {
        this.quota = quota;
    }

    QuotaCommand quota() {
        return quota;
    }

    @Override
    public final Integer call() {
        check();
        try (Database database = quota.open()) {
            return run(database);
        }
    }

    /** Refuses what is wrong before the database is opened. */
    void check() {}

    /** Does it, and returns the exit code. */
    abstract int run(Database database);
}
