package io.github.quotaguard.jdbc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The SQL, in the words that every supported database understands, formatted once for the tables of a store. */
final class Statements {

    /** The accounts that a statement names at least: as many as a path may have segments, the last of them repeated. */
    static final int ACCOUNTS = 4;

    /** Named, so that a column more in a table breaks no node that is running. */
    static final String ALLOCATION_COLUMNS =
            "tenant, file, version, account, category, state, generation, attempt, bytes, files_held, declared_bytes, "
                    + "replaces, metadata, forced_reason, actor, retain_until, born_at, deadline, since";

    private static final String SKIP_LOCKED = " FOR UPDATE SKIP LOCKED";

    static final String ENTRY_COLUMNS =
            "tenant, file, version, generation, phase, kind, account, category, bytes, replaced_by, reason, actor, "
                    + "metadata, recorded_at, seq, files, added_bytes, added_files, settled_at";

    private static final String NEW_ENTRY_COLUMNS =
            "tenant, file, version, generation, phase, kind, account, category, bytes, replaced_by, reason, actor, "
                    + "metadata, recorded_at";

    private static final String NEW_ENTRY = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, %4$s";

    final String seed;
    final String lastSeq;
    final String lockRoot;
    final String version;
    final String replacedBytes;
    final String allocations;
    final String writeAllocation;
    final String overwriteAllocation;
    final String renewAllocation;
    final String moveCounter;
    final String noteGrace;
    final String insertEntry;
    final String endsOfLife;
    final String countVersioned;
    final String callersVersions;
    final String hasOpenEntries;
    final String touchLedger;
    final String openEntries;
    final KeyedUpdate settleEntry;
    final KeyedUpdate settleAllocation;
    final String dueLives;
    final String lockDueLife;
    final String forgettable;
    final String forget;
    final String usage;
    final String accounts;
    final String entries;
    final String tenantsWithWork;

    private final String countersOf;
    private final String arrearsOf;
    private final String versionsOfOne;

    private final TableNames tables;
    private final Dialect dialect;
    private final String now;
    private final String byPrimaryKey;

    /**
     * That the life of an entry {@code e} is recorded. Counted, since a database may turn EXISTS into a join with the
     * whole table, and keep that plan.
     */
    private final String hasAllocation;

    Statements(TableNames tables, Dialect dialect) {
        this.tables = tables;
        this.dialect = dialect;
        this.now = dialect.now();
        this.byPrimaryKey = dialect.byPrimaryKey();
        this.hasAllocation = """
                1 = (SELECT count(*) FROM %s a WHERE a.tenant = e.tenant AND a.file = e.file
                        AND a.version = e.version AND a.generation = e.generation)""".formatted(tables.allocation());
        String standing = standing(format("%2$s a%8$s"));
        seed = format("""
                INSERT INTO %1$s (tenant, account, category, used_bytes, reserved_bytes, used_files, reserved_files,
                    last_seq, versioned)
                VALUES (?, ?, ?, 0, 0, 0, 0, ?, 0)""") + dialect.onConflictDoNothing();
        lastSeq = format("SELECT coalesce(max(seq), 0) AS seq FROM %3$s WHERE tenant = ?");
        lockRoot = format("""
                SELECT last_seq, updated_at, %4$s AS now FROM %1$s WHERE tenant = ? AND account = ? AND category = '' FOR UPDATE""");
        countersOf = format("""
                SELECT 'C' AS what, account, category, used_bytes, reserved_bytes, used_files, reserved_files, grace_until
                FROM %1$s WHERE tenant = ? AND account IN (""");
        arrearsOf = format("""

                UNION ALL
                SELECT 'U', '', '', 0, 0, 0, 0, NULL FROM (SELECT 1 AS one FROM %9$s e WHERE %7$s LIMIT 1) u
                UNION ALL
                SELECT 'D', '', '', d.generation, 0, 0, 0, NULL FROM (
                    SELECT generation FROM %2$s WHERE tenant = ? AND due_at <= %4$s AND state = 'RESERVED'
                    ORDER BY tenant, due_at LIMIT ?) d""");
        versionsOfOne = standing + " WHERE a.tenant = ? AND a.file = ?";
        version = standing + " WHERE a.tenant = ? AND a.file = ? AND a.version = ?";
        replacedBytes = format("""
                SELECT coalesce(sum(-bytes), 0) AS replaced FROM %3$s%8$s
                WHERE tenant = ? AND file = ? AND phase = 2 AND replaced_by = ? AND seq IS NULL""");
        allocations = standing
                + " WHERE a.tenant = ? AND a.file >= ? AND (a.file, a.version) > (?, ?) ORDER BY a.file, a.version LIMIT ?";
        writeAllocation = format("""
                INSERT INTO %2$s (account, category, generation, bytes, files_held, declared_bytes, replaces, metadata,
                    forced_reason, actor, retain_until, born_at, deadline, since, due_at, state, attempt, tenant, file,
                    version)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'RESERVED', 1, ?, ?, ?)""");
        overwriteAllocation = format("""
                UPDATE %2$s SET account = ?, category = ?, generation = ?, bytes = ?, files_held = ?, declared_bytes = ?,
                    replaces = ?, metadata = ?, forced_reason = ?, actor = ?, retain_until = ?, born_at = ?,
                    deadline = ?, since = ?, due_at = ?, state = 'RESERVED', attempt = 1
                WHERE tenant = ? AND file = ? AND version = ?""");
        renewAllocation = format("""
                UPDATE %2$s SET attempt = ?, bytes = ?, deadline = ?, due_at = ?
                WHERE tenant = ? AND file = ? AND version = ?""");
        moveCounter = format("""
                UPDATE %1$s SET used_bytes = used_bytes + ?, reserved_bytes = reserved_bytes + ?,
                    used_files = used_files + ?, reserved_files = reserved_files + ?, last_seq = last_seq + ?,
                    updated_at = ?
                WHERE tenant = ? AND account = ? AND category = ?""");
        noteGrace = format("UPDATE %1$s SET grace_until = ? WHERE tenant = ? AND account = ? AND category = ''");
        insertEntry = format("INSERT INTO %3$s (" + NEW_ENTRY_COLUMNS + ") VALUES (" + NEW_ENTRY + ")")
                + dialect.onConflictDoNothing();
        endsOfLife = format("""
                SELECT %5$s FROM %3$s%8$s WHERE tenant = ? AND file = ? AND version = ? AND generation = ?
                ORDER BY phase DESC""");
        countVersioned = format("""
                UPDATE %1$s SET versioned = versioned + 1
                WHERE tenant = ? AND account = ? AND category = ''""");
        callersVersions = standing + " WHERE a.tenant = ? AND a.file = ?" + format("""

                UNION ALL
                SELECT c.tenant, c.file, c.version, c.account, c.category, 'COMMITTED', c.generation, 1, c.bytes,
                    0, NULL, NULL, c.metadata, c.reason, c.actor, NULL, c.recorded_at, c.recorded_at,
                    c.recorded_at, d.kind, d.bytes, d.recorded_at, 1
                FROM %3$s c%8$s
                %12$s
                WHERE c.tenant = ? AND c.file = ? AND c.phase = 1 AND c.kind = 'COMMIT' AND c.seq IS NULL
                    AND 0 = (
                        SELECT count(*) FROM %2$s a WHERE a.tenant = c.tenant AND a.file = c.file
                            AND a.version = c.version AND a.generation = c.generation)
                ORDER BY version""");
        hasOpenEntries = format("SELECT 1 FROM %9$s e WHERE %7$s LIMIT 1");
        touchLedger = format("INSERT INTO %3$s (%5$s) SELECT %5$s FROM %3$s WHERE 1 = 0");
        openEntries = format("""
                SELECT %5$s FROM %3$s e WHERE tenant = ? AND seq IS NULL AND %7$s
                ORDER BY phase, recorded_at LIMIT ? OFFSET ?""") + (dialect.asksForLocksItSkips() ? "" : SKIP_LOCKED);
        settleEntry = KeyedUpdate.of(
                tables.ledger(),
                "seq bigint, files integer, settled_at timestamptz",
                "tenant text, file text, version text, generation bigint, phase integer",
                "kind '', account '', category '', bytes 0, metadata '', recorded_at now()");
        settleAllocation = KeyedUpdate.of(
                tables.allocation(),
                "state text, bytes bigint, files_held integer, since timestamptz, due_at timestamptz",
                "tenant text, file text, version text",
                "account '', category '', generation 0, attempt 0, metadata '', born_at now(), deadline now()");
        dueLives = format("""
                SELECT a.tenant, a.file, a.version, a.generation FROM %2$s a
                WHERE a.tenant = ? AND a.due_at <= %4$s AND a.state = 'RESERVED' AND 0 = (
                    SELECT count(*) FROM %3$s e WHERE e.tenant = a.tenant AND e.file = a.file AND e.version = a.version
                        AND e.generation = a.generation AND e.phase = 1)
                ORDER BY a.tenant, a.due_at LIMIT ? OFFSET ?""");
        lockDueLife = format("""
                SELECT %6$s FROM %2$s WHERE tenant = ? AND file = ? AND version = ? AND generation = ?
                    AND state = 'RESERVED' AND due_at <= %4$s FOR UPDATE""");
        forgettable = format("""
                SELECT file, version FROM %2$s
                WHERE tenant = ? AND due_at <= %4$s AND state NOT IN ('RESERVED', 'COMMITTED') ORDER BY tenant, due_at LIMIT ?""");
        forget = format("""
                DELETE FROM %2$s WHERE tenant = ? AND file = ? AND version = ? AND due_at <= %4$s
                    AND state NOT IN ('RESERVED', 'COMMITTED')""");
        usage = UsageQuery.of(tables, dialect);
        accounts = format("""
                SELECT account FROM %1$s WHERE category = '' AND updated_at IS NOT NULL AND tenant >= ?
                    AND (tenant, account) > (?, ?)
                ORDER BY tenant, account LIMIT ?""");
        entries = format("SELECT %5$s FROM %3$s WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ?");
        tenantsWithWork = format("""
                SELECT u.tenant FROM %1$s u WHERE u.account = u.tenant AND u.category = '' AND u.tenant > ? AND (
                """) + dialect.hasOpen(tables, hasAllocation) + " OR " + dialect.hasDue(tables)
                + ") ORDER BY u.tenant LIMIT ?";
    }

    /** Locks some entries of a tenant, but for those that somebody else has locked. */
    String lockEntries(int entries) {
        return format("SELECT file, version, generation, phase FROM %3$s%8$s WHERE "
                        + String.join(
                                " OR ",
                                Collections.nCopies(
                                        entries,
                                        "(tenant = ? AND file = ? AND version = ? AND generation = ? AND phase = ?)")))
                + SKIP_LOCKED;
    }

    /** Of some files, the versions that are reserved and that nothing has ended, settled or not. */
    String heldOf(int files) {
        return "SELECT a.file, a.version, a.generation, a.attempt " + fromAllocationsOf(files) + format("""

                AND a.state = 'RESERVED' AND 0 = (
                    SELECT count(*) FROM %3$s e WHERE e.tenant = a.tenant AND e.file = a.file AND e.version = a.version
                        AND e.generation = a.generation AND e.phase = 1)""");
    }

    /** The arguments of a statement about some files of a tenant, filled up so that few different ones are needed. */
    static @Nullable Object[] tenantAndFiles(String tenant, Collection<String> files) {
        List<@Nullable Object> arguments = new ArrayList<>();
        arguments.add(tenant);
        addFilledUp(arguments, new TreeSet<>(files), 1);
        return arguments.toArray();
    }

    /** Adds arguments, the last of them repeated until they are a power of two, and returns how many that are. */
    static int addFilledUp(List<@Nullable Object> arguments, Collection<String> texts, int least) {
        int before = arguments.size();
        arguments.addAll(texts);
        int most = Math.max(least, powerOfTwoFrom(texts.size()));
        while (arguments.size() < before + most) {
            arguments.add(arguments.get(arguments.size() - 1));
        }
        return most;
    }

    /** Few different statements instead of one for every number. */
    static int powerOfTwoFrom(int number) {
        int highest = Integer.highestOneBit(number);
        return highest == number ? number : highest << 1;
    }

    static String placeholders(int number) {
        return String.join(", ", Collections.nCopies(number, "?"));
    }

    /** The INSERT of an entry that bounds its own waits; null where the database bounds them. */
    @Nullable
    String insertEntryWithin(int millis) {
        return dialect.boundedInsert(tables.ledger(), NEW_ENTRY_COLUMNS, format(NEW_ENTRY), millis);
    }

    /** The counters of some accounts, in total and by some categories. */
    String counters(int accounts, int categories) {
        return countersOf + placeholders(accounts) + ") AND category IN ('', " + placeholders(categories) + ")";
    }

    /** Those counters and, in the same snapshot, whether anything is open, and what is due. */
    String refusalSnapshot(int accounts, int categories) {
        return counters(accounts, categories) + arrearsOf;
    }

    /** Locks every version of some files. */
    String lockVersions(int files) {
        return "SELECT a.version " + fromAllocationsOf(files) + " ORDER BY a.file, a.version"
                + dialect.lockRowsOfFiles();
    }

    /** Every version of some files as it stands. */
    String versions(int files) {
        return (files == 1 ? versionsOfOne : standing("(SELECT a.* " + fromAllocationsOf(files) + ") a"))
                + " ORDER BY a.file, a.version";
    }

    /** The versions of some files, with every state they may be in; locked, where callers may have locked some. */
    String versionsOf(int files) {
        boolean locks = dialect.locksWhatIsRead();
        String siblings =
                locks ? "(SELECT count(*) FROM %2$s s%8$s WHERE s.tenant = a.tenant AND s.file = a.file)" : "0";
        return format("SELECT %6$s, " + siblings + " AS siblings ") + fromAllocationsOf(files)
                + " ORDER BY file, version" + (locks ? SKIP_LOCKED : "");
    }

    private String fromAllocationsOf(int files) {
        return "FROM " + dialect.rowsOfFiles(tables.allocation(), placeholders(files));
    }

    /**
     * Allocations with their ends, settled or not: an entry is the truth about a life before its row says so. Where a
     * database reads the two tables at slightly different times, this gives the same answer.
     */
    private String standing(String allocations) {
        return format("""
                SELECT a.tenant, a.file, a.version, a.account, a.category, a.state, a.generation, a.attempt, a.bytes,
                    a.files_held, a.declared_bytes, a.replaces, a.metadata, a.forced_reason, a.actor, a.retain_until,
                    a.born_at, a.deadline, a.since, coalesce(f.kind, r.kind) AS last_end, coalesce(f.bytes, r.bytes) AS end_bytes,
                    coalesce(f.recorded_at, r.recorded_at) AS end_at,
                    CASE WHEN (r.kind IS NOT NULL AND r.seq IS NULL) OR (f.kind IS NOT NULL AND f.seq IS NULL)
                        THEN 1 ELSE 0 END AS is_open
                FROM\s""") + allocations + format("\n%10$s\n%11$s");
    }

    private String format(String sql) {
        return sql.formatted(
                tables.usage(),
                tables.allocation(),
                tables.ledger(),
                now,
                ENTRY_COLUMNS,
                ALLOCATION_COLUMNS,
                hasAllocation,
                byPrimaryKey,
                dialect.openEntries(tables),
                dialect.lookUpEnd(tables, "r", "a", "r.phase = 1"),
                dialect.lookUpEnd(tables, "f", "a", "f.phase = 2"),
                dialect.lookUpEnd(tables, "d", "c", "d.phase = 2"));
    }
}
