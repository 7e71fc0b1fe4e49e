package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.Settlement.OpenEntry;
import io.github.quotaguard.jdbc.Settlement.Version;
import io.github.quotaguard.store.SettlementListeners;
import io.github.quotaguard.store.UsageStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The second door to the counters: applies a tenant's open entries, under the lock of its root counter. */
final class Settling {

    /** Ended lives are kept a little longer than any handle may live, whatever the clocks say. */
    private static final Duration REMEMBERED = UsageStore.RETENTION.plusDays(1);

    private static final int BATCH = 200;

    private final Statements statements;
    private final Dialect dialect;
    private final SettlementListeners listeners;

    Settling(Statements statements, Dialect dialect, SettlementListeners listeners) {
        this.statements = statements;
        this.dialect = dialect;
        this.listeners = listeners;
    }

    /**
     * The root counter of a tenant, locked until the transaction ends. {@code now} was read when the lock was asked for,
     * not when it was had, which would take a statement more under the lock. So what was waited for the lock, never more
     * than the time-out, counts towards a time to live.
     */
    static final class Root {

        final String tenant;
        final Instant now;
        private long lastSeq;

        private Root(String tenant, Row row) throws SQLException {
            this.tenant = tenant;
            this.lastSeq = row.number("last_seq");
            this.now = later(row.time("now"), row.timeOrNull("updated_at"));
        }

        long lastSeq() {
            return lastSeq;
        }

        long nextSeq() {
            lastSeq++;
            return lastSeq;
        }

        /** Clocks may go back, the times in the ledger never do. */
        private static Instant later(Instant now, @Nullable Instant before) {
            return before == null || now.isAfter(before) ? now : before;
        }
    }

    /** Locks the root counter; empty if the tenant was never charged. */
    Optional<Root> lockRoot(Sql sql, String tenant) throws SQLException {
        return sql.first(statements.lockRoot, row -> new Root(tenant, row), tenant, tenant);
    }

    boolean hasOpenEntries(Sql sql, String tenant) throws SQLException {
        return sql.first(statements.hasOpenEntries, row -> true, tenant).isPresent();
    }

    /**
     * What was done of one batch.
     *
     * @param entries the entries that were settled
     * @param passed how many of those looked at so far were not, since somebody else has locked them
     * @param isFull whether there may have been more than the batch could hold
     */
    record Batch(List<OpenEntry> entries, int passed, boolean isFull) {

        /** Says whether another batch is worth while. */
        boolean hasMore() {
            return isFull && settled() > 0;
        }

        int settled() {
            return entries.size();
        }
    }

    /** Locks the root and settles one batch, behind those that batches before have passed. */
    Batch settle(Sql sql, String tenant, int passed) throws SQLException {
        Optional<Root> root = lockRoot(sql, tenant);
        return root.isPresent() ? settle(sql, root.get(), passed) : new Batch(List.of(), passed, false);
    }

    /** Settles one batch under a root that is locked. Entries that somebody else has locked wait for another. */
    Batch settle(Sql sql, Root root) throws SQLException {
        return settle(sql, root, 0);
    }

    private Batch settle(Sql sql, Root root, int passed) throws SQLException {
        List<OpenEntry> open = sql.query(statements.openEntries, OpenEntry::new, root.tenant, BATCH, passed);
        List<OpenEntry> settled = apply(sql, root, dialect.asksForLocksItSkips() ? lock(sql, root.tenant, open) : open);
        return new Batch(settled, passed + open.size() - settled.size(), open.size() == BATCH);
    }

    private List<OpenEntry> apply(Sql sql, Root root, List<OpenEntry> entries) throws SQLException {
        if (entries.isEmpty()) {
            return entries;
        }
        Settlement settlement = new Settlement(versions(sql, root.tenant, entries));
        entries.forEach(settlement::apply);
        if (!settlement.settled().isEmpty()) {
            write(sql, root, settlement);
        }
        return settlement.settled();
    }

    /** Locks entries that everybody can see, and returns those that nobody else has locked. */
    private List<OpenEntry> lock(Sql sql, String tenant, List<OpenEntry> open) throws SQLException {
        if (open.isEmpty()) {
            return open;
        }
        List<@Nullable Object> arguments = new ArrayList<>();
        int slots = Statements.powerOfTwoFrom(open.size());
        for (int slot = 0; slot < slots; slot++) {
            OpenEntry entry = open.get(Math.min(slot, open.size() - 1));
            Collections.addAll(arguments, tenant, entry.file, entry.version, entry.generation, entry.phase);
        }
        Set<Key> locked = new HashSet<>(sql.query(
                statements.lockEntries(slots),
                row -> new Key(
                        row.text("file"), row.text("version"), row.number("generation"), row.smallNumber("phase")),
                arguments.toArray()));
        return open.stream().filter(entry -> locked.contains(Key.of(entry))).toList();
    }

    private record Key(String file, String version, long generation, int phase) {

        static Key of(OpenEntry entry) {
            return new Key(entry.file, entry.version, entry.generation, entry.phase);
        }
    }

    /** Returns the versions of the files that have entries, but for files that somebody else keeps from being changed. */
    private List<Version> versions(Sql sql, String tenant, List<OpenEntry> open) throws SQLException {
        @Nullable
        Object[] arguments = Statements.tenantAndFiles(
                tenant, open.stream().map(entry -> entry.file).toList());
        List<Version> versions = sql.query(statements.versionsOf(arguments.length - 1), Version::new, arguments);
        if (!dialect.locksWhatIsRead()) {
            return versions;
        }
        Map<String, Long> free =
                versions.stream().collect(Collectors.groupingBy(version -> version.file, Collectors.counting()));
        return versions.stream()
                .filter(version -> free.getOrDefault(version.file, 0L) == version.siblings)
                .toList();
    }

    private void write(Sql sql, Root root, Settlement settlement) throws SQLException {
        List<@Nullable Object[]> entries = new ArrayList<>();
        for (OpenEntry entry : settlement.settled()) {
            entries.add(new @Nullable Object[] {
                root.nextSeq(),
                entry.files,
                root.now,
                root.tenant,
                entry.file,
                entry.version,
                entry.generation,
                entry.phase
            });
        }
        List<@Nullable Object[]> lives = new ArrayList<>();
        for (Version version : settlement.changed()) {
            lives.add(new @Nullable Object[] {
                version.state.name(),
                version.bytes,
                version.filesHeld,
                version.since,
                dueAt(version, root.now),
                root.tenant,
                version.file,
                version.version
            });
        }
        dialect.updateEach(sql, statements.settleEntry, entries);
        dialect.updateEach(sql, statements.settleAllocation, lives);
        tellAfterCommit(sql, root.tenant);
        sql.updateEach(statements.moveCounter, settlement.delta().rows(root.tenant, root.now, entries.size()));
    }

    void tellAfterCommit(Sql sql, String tenant) {
        sql.afterCommit(() -> listeners.tell(tenant));
    }

    /** When the sweeper has to look at a life again. */
    private static @Nullable Instant dueAt(Version version, Instant now) {
        return switch (version.state) {
            case RESERVED -> version.deadline;
            case COMMITTED -> null;
            case RELEASED, EXPIRED, DELETED -> now.plus(REMEMBERED);
        };
    }
}
