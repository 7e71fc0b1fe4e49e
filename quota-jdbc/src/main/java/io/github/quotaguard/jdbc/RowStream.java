package io.github.quotaguard.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.sql.DataSource;

/** The rows of a query as a stream, which keeps a connection with a transaction of its own until it is closed. */
final class RowStream<T> extends Spliterators.AbstractSpliterator<T> implements AutoCloseable {

    private final Connection connection;
    private final boolean autoCommitBefore;
    private final PreparedStatement statement;
    private final ResultSet rows;
    private final Mapper<T> mapper;

    /** Prepares the query. */
    interface Preparation {
        PreparedStatement on(Connection connection) throws SQLException;
    }

    /** Reads a row. */
    interface Mapper<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Looks at what a query yields, before its first row. */
    interface Mapping<T> {
        Mapper<T> of(ResultSet rows) throws SQLException;
    }

    private RowStream(
            Connection connection, boolean autoCommitBefore, Preparation preparation, int fetchSize, Mapping<T> mapping)
            throws SQLException {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        this.connection = connection;
        this.autoCommitBefore = autoCommitBefore;
        this.statement = preparation.on(connection);
        statement.setFetchSize(fetchSize);
        this.rows = statement.executeQuery();
        this.mapper = mapping.of(rows);
    }

    @SuppressWarnings("MustBeClosedChecker")
    static <T> RowStream<T> open(DataSource dataSource, Preparation preparation, int fetchSize, Mapping<T> mapping) {
        try {
            Connection connection = dataSource.getConnection();
            boolean autoCommitBefore = connection.getAutoCommit();
            try {
                // PostgreSQL reads row by row in a transaction alone.
                connection.setAutoCommit(false);
                return new RowStream<>(connection, autoCommitBefore, preparation, fetchSize, mapping);
            } catch (SQLException | RuntimeException e) {
                try {
                    giveBack(connection, autoCommitBefore);
                } catch (SQLException suppressed) {
                    e.addSuppressed(suppressed);
                }
                throw e;
            }
        } catch (SQLException e) {
            throw SqlFailures.translate("read of the inventory", e);
        }
    }

    private static void giveBack(Connection connection, boolean autoCommitBefore) throws SQLException {
        try (connection) {
            connection.rollback();
            connection.setAutoCommit(autoCommitBefore);
        }
    }

    /** Returns the stream, whose close gives the connection back. */
    Stream<T> stream() {
        return StreamSupport.stream(this, false).onClose(this::close);
    }

    @Override
    public boolean tryAdvance(Consumer<? super T> action) {
        try {
            if (!rows.next()) {
                return false;
            }
            action.accept(mapper.read(rows));
            return true;
        } catch (SQLException e) {
            throw SqlFailures.translate("read of the inventory", e);
        }
    }

    @Override
    public void close() {
        try {
            try (statement) {
                rows.close();
            } finally {
                giveBack(connection, autoCommitBefore);
            }
        } catch (SQLException e) {
            throw SqlFailures.translate("end of the read of the inventory", e);
        }
    }
}
