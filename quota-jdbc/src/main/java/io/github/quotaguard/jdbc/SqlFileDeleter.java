package io.github.quotaguard.jdbc;

import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.ExpiredFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Deletes the rows that an application has of a file, by statements of its own: the counterpart of {@link SqlInventory}
 * for cleanups. Thread-safe. All versions of a file are deleted in one transaction.
 *
 * <p>A statement names its parameters: {@code :file}; {@code :version}, empty for a file that has none; {@code :account},
 * the path of the account that is charged; and {@code :tenant}, its first segment:
 * {@code DELETE FROM drafts WHERE owner = :account AND id = :file}. It is run once for each version.
 */
public final class SqlFileDeleter implements FileDeleter {

    private final DataSource dataSource;
    private final List<NamedQuery> statements;

    private SqlFileDeleter(DataSource dataSource, List<NamedQuery> statements) {
        this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        this.statements = statements;
    }

    /**
     * Returns a deleter.
     *
     * @param dataSource connections to the application's tables
     * @param statements what is run for each version of a file, in this order
     * @return the deleter
     * @throws IllegalArgumentException if there is no statement, or one has a parameter that is not known, no
     *     {@code :file}, or neither {@code :account} nor {@code :tenant}
     */
    public static SqlFileDeleter of(DataSource dataSource, List<String> statements) {
        if (statements.isEmpty()) {
            throw new IllegalArgumentException("a deleter needs a statement");
        }
        return new SqlFileDeleter(
                dataSource, statements.stream().map(NamedQuery::ofDeletion).toList());
    }

    @Override
    public void delete(ExpiredFile file) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                for (Allocation version : file.versions()) {
                    delete(connection, version);
                }
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private void delete(Connection connection, Allocation version) throws SQLException {
        for (NamedQuery statement : statements) {
            try (PreparedStatement prepared = statement.prepare(connection, version.account(), version.id())) {
                prepared.execute();
            }
        }
    }
}
