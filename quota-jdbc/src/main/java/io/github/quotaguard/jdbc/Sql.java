package io.github.quotaguard.jdbc;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs statements on one connection. */
final class Sql {

    private final Connection connection;
    private final Dialect dialect;

    private final List<Runnable> afterCommit = new ArrayList<>();

    /** What every statement begins with. */
    private String prefix = "";

    /** Statements that are sent along with the next one. */
    private final List<String> before = new ArrayList<>();

    Sql(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** Lets every statement from now on begin with the same words. */
    void beginEachWith(String words) {
        prefix = words;
    }

    /** Sends a statement that yields nothing along with the next one, which so takes no round trip more. */
    void beforeNext(String statement) {
        before.add(statement);
    }

    /** Has something done once the transaction is committed; nothing if it is rolled back. */
    void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    void committed() {
        afterCommit.forEach(Runnable::run);
    }

    /** Reads one row. */
    @FunctionalInterface
    interface RowMapper<T> {
        T map(Row row) throws SQLException;
    }

    Connection connection() {
        return connection;
    }

    <T> List<T> query(String sql, RowMapper<T> mapper, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = run(sql, arguments);
                ResultSet rows = statement.getResultSet()) {
            List<T> found = new ArrayList<>();
            Row row = new Row(rows, dialect);
            while (rows.next()) {
                found.add(mapper.map(row));
            }
            return found;
        }
    }

    <T> Optional<T> first(String sql, RowMapper<T> mapper, @Nullable Object... arguments) throws SQLException {
        return query(sql, mapper, arguments).stream().findFirst();
    }

    int update(String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = run(sql, arguments)) {
            return statement.getUpdateCount();
        }
    }

    /** Runs one statement for each row of arguments; every one has to change exactly one row. */
    void updateEach(String sql, List<@Nullable Object[]> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        if (!before.isEmpty()) {
            execute("");
        }
        try (PreparedStatement statement = connection.prepareStatement(prefix + sql)) {
            for (@Nullable Object[] row : rows) {
                bind(statement, row);
                statement.addBatch();
            }
            for (int count : executeBatch(statement)) {
                if (count != 1 && count != Statement.SUCCESS_NO_INFO) {
                    throw new SQLException("a row that is locked has vanished: " + sql);
                }
            }
        }
    }

    /** What went wrong says the cause; of a connection that was lost, the exception of a batch may say nothing. */
    private static int[] executeBatch(PreparedStatement statement) throws SQLException {
        try {
            return statement.executeBatch();
        } catch (BatchUpdateException e) {
            throw e.getCause() instanceof SQLException cause ? cause : e;
        }
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(takeBefore() + sql);
        }
    }

    private String takeBefore() {
        String statements = before.stream().map(statement -> statement + "; ").collect(Collectors.joining());
        before.clear();
        return statements;
    }

    private PreparedStatement run(String sql, @Nullable Object... arguments) throws SQLException {
        int earlier = before.size();
        PreparedStatement statement = connection.prepareStatement(takeBefore() + prefix + sql);
        try {
            bind(statement, arguments);
            statement.execute();
            for (int passed = 0; passed < earlier; passed++) {
                statement.getMoreResults();
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private void bind(PreparedStatement statement, @Nullable Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            Object argument = arguments[i];
            if (argument == null) {
                statement.setNull(i + 1, Types.NULL);
            } else if (argument instanceof Instant instant) {
                statement.setObject(i + 1, dialect.parameter(instant));
            } else {
                statement.setObject(i + 1, argument);
            }
        }
    }
}
