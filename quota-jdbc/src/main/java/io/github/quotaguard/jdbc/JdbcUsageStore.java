package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Backlog;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.LedgerStore;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.RepairStore;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.RetentionStore;
import io.github.quotaguard.store.SettlementListeners;
import io.github.quotaguard.store.SweepResult;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import io.github.quotaguard.store.WarningStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps everything in tables of a relational database: H2, MariaDB, MySQL or PostgreSQL. Any number of nodes may share
 * them. Thread-safe. Deadlines are set and judged by the database's clock, and count from when the database was asked:
 * what it waited for a lock, at most the {@linkplain Builder#lockTimeout time-out}, is part of the time to live.
 *
 * <p>Every method works in a transaction of its own, at READ COMMITTED, on a connection that it takes from the data
 * source and gives back, and is durable when it returns. So a thread that has a connection of the same pool open needs a
 * second one meanwhile: reserve before you open a transaction, or build the store on a small pool of its own. What is
 * to be committed together with the application's rows goes through {@link #in}; or through {@link #commit} and
 * {@link #delete} themselves, if the store was told of the application's transactions with {@link Builder#join}.
 *
 * <p>The store owns two daemon threads that expire, settle and forget; {@link #close} ends them.
 */
public final class JdbcUsageStore implements UsageStore, AutoCloseable {

    private final OwnTransactions transactions;
    private final Reading reading;
    private final Reserving reserving;
    private final Ending ending;
    private final Maintenance maintenance;
    private final Settler settler;
    private final LedgerStore ledger;
    private final Joining joining;
    private final PlanRecords plans;
    private final WarningStore warnings;
    private final RepairStore repairs;
    private final RetentionStore retention;
    private final BacklogQuery backlog;

    private JdbcUsageStore(Builder builder, Dialect dialect) {
        TableNames tables = new TableNames(builder.schema, builder.tablePrefix);
        Statements statements = new Statements(tables, dialect);
        String reserveStatement = dialect.reserveStatement(tables);
        if (builder.createSchema) {
            new SchemaScript(dialect, tables).run(builder.dataSource);
        }
        transactions = new OwnTransactions(
                builder.dataSource, builder.callers, dialect, Math.toIntExact(builder.lockTimeout.toMillis()));
        new ColumnCheck(dialect, tables).run(transactions);
        plans = new PlanRecords(transactions, dialect, tables);
        reading = new Reading(statements);
        EntryWriter entries = EntryWriter.plain(statements, dialect);
        SettlementListeners listeners = new SettlementListeners();
        warnings = new Warnings(transactions, new WarningStatements(tables, dialect), dialect, listeners);
        Settling settling = new Settling(statements, dialect, listeners);
        Arrears arrears = new Arrears(transactions, settling, new Expiring(transactions, statements, entries));
        Counters counters = new Counters(transactions, statements, dialect);
        LockedTenant.Parts parts =
                new LockedTenant.Parts(transactions, statements, dialect, reading, settling, counters);
        RepairStatements repairStatements = new RepairStatements(tables, dialect);
        Correcting correcting = new Correcting(parts, repairStatements, entries);
        repairs = new Repairs(parts, repairStatements, correcting);
        retention = new Retention(parts, repairStatements, correcting);
        backlog = new BacklogQuery(transactions, tables, dialect);
        reserving = new Reserving(
                parts,
                arrears,
                reserveStatement == null ? null : new OneStatementReserve(transactions, reserveStatement));
        ending = new Ending(transactions, reading, entries, settling);
        maintenance = new Maintenance(transactions, statements, dialect, settling, ending, arrears);
        settler = new Settler(maintenance, builder.sweepInterval);
        ledger = new JdbcLedger(transactions, statements, tables, dialect);
        EntryWriter callersEntries = EntryWriter.bounded(statements, dialect, transactions.lockTimeoutMillis());
        joining = new Joining(builder.callers, dialect, transactions, reading, callersEntries, ending, settler);
    }

    /**
     * Starts to build a store.
     *
     * @param dataSource connections to H2, MariaDB, MySQL or PostgreSQL, preferably pooled
     * @return a builder with defaults for everything else
     */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /**
     * Ends reservations and files in the transaction that the caller has open on a connection to the same database.
     *
     * @param connection the caller's connection, which stays the caller's
     * @return what can be done in it; for use while the transaction is open
     */
    public CallerConnection in(Connection connection) {
        Objects.requireNonNull(connection, "connection");
        return new CallerConnection(joining.new HandedOver(connection));
    }

    PlanRecords plans() {
        return plans;
    }

    @Override
    public ReserveResult reserve(ReserveCommand command) {
        return reserving.reserveAll(List.of(command)).get(0);
    }

    @Override
    public List<ReserveResult> reserveAll(List<ReserveCommand> commands) {
        return reserving.reserveAll(commands);
    }

    /** Those of one tenant share a transaction, and on PostgreSQL, where they fit, a statement. */
    @Override
    public boolean gainsFromBatches() {
        return true;
    }

    @Override
    public ExtendResult extendTo(ExtendCommand command) {
        return reserving.extendTo(command);
    }

    @Override
    public CommitResult commit(Allocation reservation, long bytes) {
        return joining.commit(reservation, bytes);
    }

    @Override
    public ReleaseResult release(Allocation reservation) {
        return ending.release(reservation);
    }

    @Override
    public ReleaseResult abandon(Allocation reservation) {
        return ending.abandon(reservation);
    }

    @Override
    public DeleteResult delete(DeleteCommand command) {
        return joining.delete(command);
    }

    @Override
    public AccountCounters usage(AccountId account) {
        return read("usage of " + account, sql -> reading.usage(sql, account));
    }

    @Override
    public Optional<Allocation> find(FileVersion id) {
        return read("search for " + id, sql -> reading.find(sql, id));
    }

    @Override
    public Optional<Allocation> find(FileVersion id, long generation) {
        return read("search for " + id, sql -> reading.find(sql, id, generation));
    }

    @Override
    public List<Allocation> versions(String tenant, String file) {
        AccountId.requireTenant(tenant);
        FileVersion.requireFile(file);
        return read("versions of " + file, sql -> reading.liveVersions(sql, tenant, file));
    }

    @Override
    public SweepResult sweep() {
        return maintenance.sweep();
    }

    @Override
    public Page<AccountId> accounts(@Nullable AccountId after, int size) {
        Page.requireSize(size);
        return read("list of accounts", sql -> reading.accounts(sql, after, size));
    }

    @Override
    public Page<Allocation> allocations(String tenant, @Nullable FileVersion after, int size) {
        AccountId.requireTenant(tenant);
        Page.requireSize(size);
        return read("list of allocations", sql -> reading.allocations(sql, tenant, after, size));
    }

    @Override
    public Page<Entry> entries(String tenant, long afterSeq, int size) {
        AccountId.requireTenant(tenant);
        Page.requireSize(size);
        return read("list of entries", sql -> reading.entries(sql, tenant, afterSeq, size));
    }

    @Override
    public Optional<LedgerStore> ledger() {
        return Optional.of(ledger);
    }

    @Override
    public Optional<WarningStore> warnings() {
        return Optional.of(warnings);
    }

    @Override
    public Optional<RepairStore> repairs() {
        return Optional.of(repairs);
    }

    @Override
    public Optional<RetentionStore> retention() {
        return Optional.of(retention);
    }

    /** The transactions of others that it sees beside the tables are those that the database user may see. */
    @Override
    public Optional<Backlog> backlog() {
        return Optional.of(backlog.read());
    }

    private <T> T read(String what, OwnTransactions.Work<T> work) {
        return transactions.snapshot(what, work);
    }

    /** Ends the store's threads; the data source stays open. What is left to settle is settled by other nodes, or later. */
    @Override
    public void close() {
        settler.close();
    }

    /** Builds a {@link JdbcUsageStore}. */
    public static final class Builder {

        private final DataSource dataSource;
        private @Nullable String schema;
        private String tablePrefix = TableNames.DEFAULT_PREFIX;
        private Duration lockTimeout = Duration.ofSeconds(5);
        private Duration sweepInterval = Duration.ofSeconds(10);
        private CallerTransactions callers = new NoTransactions();
        private boolean severalStatements;
        private boolean createSchema;

        private Builder(DataSource dataSource) {
            this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        }

        /**
         * Sets the schema of the tables, which MariaDB and MySQL call a database; by default they are found as the
         * connection finds them.
         *
         * @param schema a letter followed by letters, digits and {@code _}, at most 63 characters
         * @return this builder
         * @throws IllegalArgumentException if it is not
         */
        public Builder schema(String schema) {
            this.schema = TableNames.requireSchema(schema);
            return this;
        }

        /**
         * Sets what the names of tables and indexes begin with; {@code quota_} by default.
         *
         * @param tablePrefix a letter followed by letters, digits and {@code _}, at most 49 characters
         * @return this builder
         * @throws IllegalArgumentException if it is not
         */
        public Builder tablePrefix(String tablePrefix) {
            this.tablePrefix = TableNames.requirePrefix(tablePrefix);
            return this;
        }

        /**
         * Sets how long a transaction of the store's own waits for a lock before it answers <em>busy</em> or fails; 5
         * seconds by default. On PostgreSQL and MariaDB, a commit or delete in a caller's transaction waits no longer
         * either for another that is ending the same; elsewhere the database's own time-out holds there.
         *
         * @param lockTimeout 1 millisecond to 10 minutes; anything below 21 milliseconds counts as 21, and MariaDB and
         *     MySQL count in seconds, to which it is rounded up
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder lockTimeout(Duration lockTimeout) {
            this.lockTimeout = require("lockTimeout", lockTimeout, Duration.ofMillis(1), Duration.ofMinutes(10));
            return this;
        }

        /**
         * Sets how long the store rests between sweeps; 10 seconds by default.
         *
         * @param sweepInterval 10 milliseconds to 1 day
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder sweepInterval(Duration sweepInterval) {
            this.sweepInterval = require("sweepInterval", sweepInterval, Duration.ofMillis(10), Duration.ofDays(1));
            return this;
        }

        /**
         * Lets commits and deletes join the transaction that the calling thread is in, if it is in one; by default none
         * is looked for.
         *
         * @param callers the transactions of the application, such as {@link JtaTransactions}
         * @return this builder
         */
        public Builder join(CallerTransactions callers) {
            this.callers = Objects.requireNonNull(callers, "callers");
            return this;
        }

        /**
         * Lets PostgreSQL reserve in several statements, as the other databases do, instead of one; for engines that
         * speak its language and plan the one statement badly, such as Citus. Callers' transactions then wait for each
         * other as the database lets them, which may be for ever: set {@code lock_timeout} in them.
         *
         * @return this builder
         */
        public Builder reserveInSeveralStatements() {
            this.severalStatements = true;
            return this;
        }

        /**
         * Lets {@link #build} create the tables that do not exist yet. For those who use neither Flyway nor Liquibase;
         * may be done at every start, and by several nodes at once.
         *
         * @return this builder
         */
        public Builder createSchemaIfMissing() {
            this.createSchema = true;
            return this;
        }

        /**
         * Asks the database what it is, and builds the store. Its tables have to exist by now, or to be
         * {@linkplain #createSchemaIfMissing created}.
         *
         * @return the store, whose threads have started
         * @throws IllegalArgumentException if the database is not supported
         * @throws UsageStoreException if the database can not be reached, refused to create the tables, or has tables
         *     in which ids are not compared byte for byte
         */
        public JdbcUsageStore build() {
            return callers.outside(() -> new JdbcUsageStore(this, dialect()));
        }

        /**
         * Returns the script that creates the tables in the database of the data source, with the schema and prefix set
         * here; for those who run it themselves. Creates nothing.
         *
         * @return the statements, each followed by {@code ;} and an empty line
         * @throws IllegalArgumentException if the database is not supported
         * @throws UsageStoreException if the database can not be reached
         */
        public String schemaScript() {
            return callers.outside(() -> new SchemaScript(dialect(), new TableNames(schema, tablePrefix)).text());
        }

        private Dialect dialect() {
            try (Connection connection = dataSource.getConnection()) {
                Dialect dialect = Dialect.of(connection);
                return severalStatements ? dialect.ofPlainStatements() : dialect;
            } catch (SQLException e) {
                throw SqlFailures.translate("build of the store", e);
            }
        }

        private static Duration require(String what, Duration value, Duration least, Duration most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(
                        "%s is %s, allowed are %s to %s".formatted(what, value, least, most));
            }
            return value;
        }
    }
}
