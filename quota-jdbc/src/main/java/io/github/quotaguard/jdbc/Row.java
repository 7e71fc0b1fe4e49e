package io.github.quotaguard.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The row of a result that is being read. */
final class Row {

    private final ResultSet row;
    private final Dialect dialect;

    Row(ResultSet row, Dialect dialect) {
        this.row = row;
        this.dialect = dialect;
    }

    String text(String column) throws SQLException {
        return row.getString(column);
    }

    @Nullable
    String textOrNull(String column) throws SQLException {
        return row.getString(column);
    }

    long number(String column) throws SQLException {
        return row.getLong(column);
    }

    int smallNumber(String column) throws SQLException {
        return row.getInt(column);
    }

    @Nullable
    Long numberOrNull(String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : number;
    }

    Instant time(String column) throws SQLException {
        Instant time = timeOrNull(column);
        if (time == null) {
            throw new SQLException("no time in column " + column);
        }
        return time;
    }

    @Nullable
    Instant timeOrNull(String column) throws SQLException {
        return dialect.time(row, column);
    }
}
