package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Grace;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.Usage;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what is recorded, with the ends that are not settled yet; each method is one statement, so one snapshot. */
final class Reading {

    private static final String LIKE_SPECIALS = "([!%_])";

    private final Statements statements;

    Reading(Statements statements) {
        this.statements = statements;
    }

    AccountCounters usage(Sql sql, AccountId account) throws SQLException {
        String tenant = account.tenant();
        String below = account.path().replaceAll(LIKE_SPECIALS, "!$1") + "/%";
        UsageSum sum = new UsageSum();
        sql.query(
                statements.usage,
                sum::add,
                tenant,
                account.path(),
                tenant,
                account.path(),
                below,
                tenant,
                account.path(),
                below);
        return sum.of(account);
    }

    /** Adds up counters and what open entries will change in them. */
    private static final class UsageSum {

        private Usage total = Usage.NONE;
        private final Map<Category, Usage> categories = new HashMap<>();
        private @Nullable Instant updatedAt;
        private @Nullable Grace grace;

        private boolean add(Row row) throws SQLException {
            Category category = Rows.category(row.text("category"));
            Usage change = new Usage(
                    row.number("used_bytes"),
                    row.number("reserved_bytes"),
                    row.number("used_files"),
                    row.number("reserved_files"));
            boolean isCounter = row.text("what").equals("C");
            if (category == null || !isCounter) {
                total = total.plus(change);
            }
            if (category != null) {
                categories.merge(category, change, Usage::plus);
            }
            Instant graceUntil = row.timeOrNull("grace_until");
            if (graceUntil != null) {
                grace = new Grace(graceUntil, row.smallNumber("grace_over") == 1);
            }
            Instant at = row.timeOrNull("updated_at");
            if (at != null && (updatedAt == null || at.isAfter(updatedAt))) {
                updatedAt = at;
            }
            return true;
        }

        private AccountCounters of(AccountId account) {
            return new AccountCounters(account, total, categories, updatedAt, grace);
        }
    }

    /** Returns the current life of a version as it stands, if the connection can see it. */
    Optional<Allocation> find(Sql sql, FileVersion id) throws SQLException {
        return sql.first(statements.version, Rows::standing, id.tenant(), id.file(), id.version());
    }

    /** Returns a life, the current one or an earlier one, whose ends the ledger remembers. */
    Optional<Allocation> find(Sql sql, FileVersion id, long generation) throws SQLException {
        Optional<Allocation> current = find(sql, id);
        if (current.isEmpty() || current.get().generation() == generation) {
            return current;
        }
        Allocation later = current.get();
        return endOf(
                sql,
                new Allocation(
                        later.spec(),
                        later.state(),
                        generation,
                        1,
                        later.bytes(),
                        later.bornAt(),
                        later.bornAt(),
                        later.bornAt()));
    }

    /** Returns a life as its last end left it, if the connection can see one; it need not see the allocation. */
    Optional<Allocation> endOf(Sql sql, Allocation life) throws SQLException {
        FileVersion id = life.id();
        return sql.first(
                statements.endsOfLife,
                row -> Rows.ended(life, row),
                id.tenant(),
                id.file(),
                id.version(),
                life.generation());
    }

    List<Allocation> endsOf(Sql sql, List<Allocation> lives) throws SQLException {
        List<Allocation> ended = new ArrayList<>();
        for (Allocation life : lives) {
            endOf(sql, life).ifPresent(ended::add);
        }
        return ended;
    }

    /** Returns every version of a file as it stands, ended ones included. */
    List<Allocation> versions(Sql sql, String tenant, String file) throws SQLException {
        return sql.query(statements.versions(1), Rows::standing, tenant, file);
    }

    List<Allocation> liveVersions(Sql sql, String tenant, String file) throws SQLException {
        return live(versions(sql, tenant, file));
    }

    /** Returns every version of some files, in one look at the versions and their ends. */
    FileVersions versions(Sql sql, String tenant, Collection<String> files) throws SQLException {
        @Nullable Object[] arguments = Statements.tenantAndFiles(tenant, files);
        FileVersions versions = new FileVersions();
        sql.query(statements.versions(arguments.length - 1), versions::add, arguments);
        return versions;
    }

    /** Returns the committed versions that a commit of this life deletes, in key order. */
    List<Allocation> replacedBy(Sql sql, Allocation life) throws SQLException {
        FileVersion id = life.id();
        return replacedBy(life, versions(sql, id.tenant(), id.file()));
    }

    static List<Allocation> replacedBy(Allocation life, List<Allocation> versions) {
        return versions.stream()
                .filter(version -> version.state() == AllocationState.COMMITTED)
                .filter(version -> life.spec().replacement().covers(life.id(), version.id()))
                .toList();
    }

    /** Returns the bytes that a caller's transaction has already deleted to replace them by this life. */
    long replacedBytes(Sql callers, Allocation life) throws SQLException {
        FileVersion id = life.id();
        return callers.first(
                        statements.replacedBytes,
                        row -> row.number("replaced"),
                        id.tenant(),
                        id.file(),
                        life.generation())
                .orElse(0L);
    }

    /**
     * Returns the live versions of a file as a caller's transaction sees them. Where its snapshot is older than an
     * allocation that it has itself committed, it sees the entry alone, as everything that it wrote; that is enough.
     */
    List<Allocation> callersVersions(Sql callers, String tenant, String file) throws SQLException {
        return live(callers.query(statements.callersVersions, Rows::standing, tenant, file, tenant, file));
    }

    private static List<Allocation> live(List<Allocation> versions) {
        return versions.stream().filter(version -> version.state().isLive()).toList();
    }

    Page<AccountId> accounts(Sql sql, @Nullable AccountId after, int size) throws SQLException {
        String tenant = after == null ? "" : after.tenant();
        String path = after == null ? "" : after.path();
        return Page.of(
                sql.query(
                        statements.accounts, row -> AccountId.of(row.text("account")), tenant, tenant, path, size + 1),
                size);
    }

    Page<Allocation> allocations(Sql sql, String tenant, @Nullable FileVersion after, int size) throws SQLException {
        String file = after == null ? "" : after.file();
        String version = after == null ? "" : after.version();
        return Page.of(sql.query(statements.allocations, Rows::standing, tenant, file, file, version, size + 1), size);
    }

    Page<Entry> entries(Sql sql, String tenant, long afterSeq, int size) throws SQLException {
        return Page.of(sql.query(statements.entries, Rows::entry, tenant, afterSeq, size + 1), size);
    }
}
