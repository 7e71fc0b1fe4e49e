package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.UsageStoreException;
import java.util.List;

/** Refuses tables in which two ids could be taken for one, as a migration that has lost a collation makes them. */
final class ColumnCheck {

    private final Dialect dialect;
    private final String inexactColumns;

    ColumnCheck(Dialect dialect, TableNames tables) {
        this.dialect = dialect;
        this.inexactColumns = dialect.inexactColumns(tables);
    }

    /**
     * Looks at the tables that are there.
     *
     * @throws UsageStoreException not retryable, naming the columns
     */
    void run(OwnTransactions transactions) {
        List<String> inexact = transactions.statement(
                "look at the tables", sql -> sql.query(inexactColumns, row -> row.text("inexact")));
        if (!inexact.isEmpty()) {
            throw new UsageStoreException(
                    "ids have to be compared byte for byte, in tables with transactions, and these are not: %s; alter them to what the script %s of this library says"
                            .formatted(String.join(", ", inexact), dialect.schemaScript()),
                    false,
                    null);
        }
    }
}
