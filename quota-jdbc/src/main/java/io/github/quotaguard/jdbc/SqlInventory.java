package io.github.quotaguard.jdbc;

import io.github.quotaguard.reconcile.FileInventory;
import io.github.quotaguard.reconcile.StoredFile;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The files that an application has in tables of its own, such as {@code images} and {@code documents}, by queries of its
 * own. Thread-safe; a query that fails, or yields what is no file, throws {@link UsageStoreException} or
 * {@link IllegalStateException}.
 *
 * <p>A query names its parameters: {@code :account}, the path of the account that is looked at; {@code :tenant}, its first
 * segment; and {@code :files}, the ids that are looked for, which stands for a list in brackets: {@code id IN (:files)}.
 * It yields the columns {@code file}, {@code bytes} and {@code last_modified}, a time stamp, and if need be
 * {@code version}, {@code account} and {@code category}; without them a file has no version, is the account's that is
 * looked at, and its category is not compared. A time stamp without a time zone is taken for one of UTC.
 *
 * <p>All files are read by one query, row by row, in a transaction of its own: one snapshot, on a connection that is kept
 * meanwhile. H2 reads the whole result first.
 */
public final class SqlInventory implements FileInventory {

    private static final int FETCHED_AT_ONCE = 1_000;

    private final DataSource dataSource;
    private final List<Table> tables;
    private final @Nullable NamedQuery tenants;

    /** The two queries of a table. */
    private record Table(NamedQuery list, NamedQuery find) {}

    private SqlInventory(Builder builder) {
        this.dataSource = builder.dataSource;
        this.tables = List.copyOf(builder.tables);
        this.tenants = builder.tenants;
    }

    /**
     * Starts to build an inventory.
     *
     * @param dataSource connections to the application's tables
     * @return a builder that needs the queries of a table
     */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    @Override
    public Stream<StoredFile> list(AccountId account) {
        return tables.stream().flatMap(table -> rows(table.list(), account, List.of()));
    }

    private Stream<StoredFile> rows(NamedQuery query, AccountId account, List<String> files) {
        RowStream<StoredFile> rows = RowStream.open(
                dataSource, connection -> query.prepare(connection, account, files), FETCHED_AT_ONCE, result -> {
                    Columns columns = new Columns(result);
                    return row -> columns.file(row, account);
                });
        return rows.stream();
    }

    @Override
    public List<StoredFile> find(AccountId account, Set<FileVersion> ids) {
        List<String> files = ids.stream().map(FileVersion::file).distinct().toList();
        List<StoredFile> found = new ArrayList<>();
        if (files.isEmpty()) {
            return found;
        }
        for (Table table : tables) {
            try (Stream<StoredFile> rows = rows(table.find(), account, files)) {
                rows.filter(file -> ids.contains(file.id())).forEach(found::add);
            }
        }
        return found;
    }

    @Override
    public Stream<String> tenants() {
        NamedQuery query = tenants;
        if (query == null) {
            return Stream.empty();
        }
        RowStream<String> rows = RowStream.open(
                dataSource,
                connection -> query.prepare(connection, null, List.of()),
                FETCHED_AT_ONCE,
                result -> row -> row.getString(1));
        return rows.stream();
    }

    /** Which columns a query yields. */
    private static final class Columns {

        private final Set<String> names = new HashSet<>();

        Columns(ResultSet rows) throws SQLException {
            ResultSetMetaData columns = rows.getMetaData();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                names.add(columns.getColumnLabel(i).toLowerCase(Locale.ROOT));
            }
            for (String column : List.of("file", "bytes", "last_modified")) {
                if (!names.contains(column)) {
                    throw new IllegalStateException(
                            "the query of the inventory yields the columns %s, but not %s: name it with AS"
                                    .formatted(names, column));
                }
            }
        }

        StoredFile file(ResultSet row, AccountId asked) throws SQLException {
            String file = row.getString("file");
            String version = names.contains("version") ? row.getString("version") : null;
            String account = names.contains("account") ? row.getString("account") : null;
            String category = names.contains("category") ? row.getString("category") : null;
            long bytes = row.getLong("bytes");
            boolean isWithoutBytes = row.wasNull();
            Timestamp lastModified =
                    row.getTimestamp("last_modified", Calendar.getInstance(TimeZone.getTimeZone("UTC")));
            if (file == null || isWithoutBytes || lastModified == null) {
                throw new IllegalStateException(
                        "the inventory has a row without file, bytes or last_modified: file %s".formatted(file));
            }
            return new StoredFile(
                    new FileVersion(asked.tenant(), file, version == null ? FileVersion.NO_VERSION : version),
                    account == null ? asked : AccountId.of(account),
                    category == null || category.isEmpty() ? null : new Category(category),
                    bytes,
                    lastModified.toInstant());
        }
    }

    /** Builds a {@link SqlInventory}. */
    public static final class Builder {

        private final DataSource dataSource;
        private final List<Table> tables = new ArrayList<>();
        private @Nullable NamedQuery tenants;

        private Builder(DataSource dataSource) {
            this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        }

        /**
         * Adds the queries of a table, or of several that are joined.
         *
         * @param list all files of an account: {@code SELECT id AS file, size AS bytes, created_at AS last_modified FROM
         *     images WHERE owner = :account}
         * @param find certain files of it: the same with {@code AND id IN (:files)}
         * @return this builder
         * @throws IllegalArgumentException if a query has a parameter that is not known, {@code list} has
         *     {@code :files}, or {@code find} has not
         */
        public Builder table(String list, String find) {
            tables.add(new Table(NamedQuery.of(list, false), NamedQuery.of(find, true)));
            return this;
        }

        /**
         * Sets the query of all tenants that have files, so that those are found of which nothing is recorded.
         *
         * @param tenants yields one column
         * @return this builder
         * @throws IllegalArgumentException if the query has a parameter
         */
        public Builder tenants(String tenants) {
            this.tenants = NamedQuery.withoutParameters(tenants);
            return this;
        }

        /**
         * Builds the inventory.
         *
         * @return the inventory
         * @throws IllegalStateException if no table was added
         */
        public SqlInventory build() {
            if (tables.isEmpty()) {
                throw new IllegalStateException("an inventory needs the queries of a table");
            }
            return new SqlInventory(this);
        }
    }
}
