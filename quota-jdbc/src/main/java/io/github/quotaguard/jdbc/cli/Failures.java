package io.github.quotaguard.jdbc.cli;

import com.zaxxer.hikari.pool.HikariPool;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;

/** What an operator is told of a failure. */
final class Failures {

    /** The states with which the databases say that a table or schema is not there. */
    private static final Set<String> NO_TABLE = Set.of("42S02", "42S04", "42P01", "3F000", "90079");

    private Failures() {}

    /** Returns what an operator can do something with. */
    static String describe(Throwable failure) {
        Throwable told = failure;
        boolean isWrapped =
                failure instanceof HikariPool.PoolInitializationException || failure instanceof UncheckedIOException;
        if (isWrapped && failure.getCause() != null) {
            told = failure.getCause();
        }
        String message = told instanceof SQLException || told instanceof RuntimeException
                ? Objects.requireNonNullElse(told.getMessage(), told.toString())
                : told.toString();
        if (failure instanceof HikariPool.PoolInitializationException) {
            return "the database can not be opened: %s; --url, --user and the password say how".formatted(message);
        }
        if (failure instanceof CancellationException) {
            return "cancelled; what was done until then stays, and another run goes on";
        }
        return isWithoutTables(failure)
                ? message + "; if that is a table of Quotaguard's: --schema and --table-prefix say where they are, and"
                        + " \"quota schema\" creates them"
                : message;
    }

    private static boolean isWithoutTables(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && NO_TABLE.contains(Objects.requireNonNullElse(sql.getSQLState(), ""))) {
                return true;
            }
        }
        return false;
    }
}
