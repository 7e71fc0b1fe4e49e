package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.Settling.Root;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.ExpiredFile;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.KeepResult;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.RepairCause;
import io.github.quotaguard.store.RetentionStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Temporary files in SQL. The claims of those that are being cleaned up are in a table of their own. */
final class Retention implements RetentionStore {

    private final LockedTenant.Parts parts;
    private final OwnTransactions transactions;
    private final RepairStatements statements;
    private final Correcting correcting;

    Retention(LockedTenant.Parts parts, RepairStatements statements, Correcting correcting) {
        this.parts = parts;
        this.transactions = parts.transactions();
        this.statements = statements;
        this.correcting = correcting;
    }

    /** Where a search goes on: behind a file, in the order of the index. */
    private record Position(Instant retainUntil, String file) {}

    @Override
    public Page<ExpiredFile> expired(String tenant, @Nullable ExpiredFile after, int size) {
        AccountId.requireTenant(tenant);
        Page.requireSize(size);
        List<ExpiredFile> found = new ArrayList<>();
        Position position =
                after == null ? new Position(JdbcLedger.EARLIEST, "") : new Position(after.expiredAt(), after.file());
        boolean more = true;
        while (more && found.size() <= size) {
            List<Position> candidates = candidates(tenant, position, size + 1);
            found.addAll(expired(tenant, candidates));
            more = candidates.size() > size;
            position = more ? candidates.get(candidates.size() - 1) : position;
        }
        return Page.of(found, size);
    }

    private List<Position> candidates(String tenant, Position after, int limit) {
        return transactions.statement(
                "search for expired files of " + tenant,
                sql -> sql.query(
                        statements.expired,
                        row -> new Position(row.time("retain_until"), row.text("file")),
                        tenant,
                        after.retainUntil(),
                        after.retainUntil(),
                        after.file(),
                        limit));
    }

    /** A file is found by each of its versions, and counts where the last of them expires. */
    private List<ExpiredFile> expired(String tenant, List<Position> candidates) {
        List<String> files = candidates.stream().map(Position::file).distinct().toList();
        if (files.isEmpty()) {
            return List.of();
        }
        return transactions.snapshotOfSeveral("search for expired files of " + tenant, sql -> {
            Instant now = sql.first(statements.now, row -> row.time("now")).orElseThrow();
            FileVersions versions = parts.reading().versions(sql, tenant, files);
            Map<Long, Boolean> claims = claims(sql, tenant, files);
            List<ExpiredFile> expired = new ArrayList<>();
            for (Position candidate : candidates) {
                ifExpired(live(versions, candidate.file()), now, claims)
                        .filter(file -> file.expiredAt().equals(candidate.retainUntil()))
                        .ifPresent(expired::add);
            }
            return expired;
        });
    }

    private static List<Allocation> live(FileVersions versions, String file) {
        return versions.of(file).stream()
                .filter(version -> version.state().isLive())
                .toList();
    }

    /** Returns the file of some live versions if it is expired, and nobody is cleaning it up. */
    private static Optional<ExpiredFile> ifExpired(List<Allocation> live, Instant now, Map<Long, Boolean> claims) {
        boolean isExpired = !live.isEmpty()
                && live.stream()
                        .allMatch(life -> isExpired(life, now) && !claims.getOrDefault(life.generation(), false));
        return isExpired ? Optional.of(new ExpiredFile(live)) : Optional.empty();
    }

    private static boolean isExpired(Allocation life, Instant now) {
        Instant until = life.spec().retainUntil();
        return life.state() == AllocationState.COMMITTED && until != null && !until.isAfter(now);
    }

    /** Returns for each life of some files that was ever claimed whether its claim is in force. */
    private Map<Long, Boolean> claims(Sql sql, String tenant, Collection<String> files) throws SQLException {
        @Nullable Object[] arguments = Statements.tenantAndFiles(tenant, files);
        Map<Long, Boolean> claims = new HashMap<>();
        sql.query(
                statements.claims(arguments.length - 1),
                row -> claims.put(row.number("generation"), row.smallNumber("is_taken") == 1),
                arguments);
        return claims;
    }

    @Override
    public List<ExpiredFile> claim(List<ExpiredFile> files, Duration length) {
        RetentionStore.requireFiles(files);
        RetentionStore.requireLength(length);
        if (files.isEmpty()) {
            return files;
        }
        String tenant = files.get(0).tenant();
        return transactions.inTransaction("cleanup of " + tenant, sql -> claim(sql, tenant, files, length), List.of());
    }

    private List<ExpiredFile> claim(Sql sql, String tenant, List<ExpiredFile> files, Duration length)
            throws SQLException {
        Optional<Root> root = parts.settling().lockRoot(sql, tenant);
        if (root.isEmpty()) {
            return List.of();
        }
        List<String> names = files.stream().map(ExpiredFile::file).toList();
        FileVersions versions = settledVersions(sql, root.get(), names);
        sql.update(statements.forgetClaimsOfEnded, tenant);
        Map<Long, Boolean> claims = claims(sql, tenant, names);
        List<ExpiredFile> claimed = new ArrayList<>();
        for (ExpiredFile file : files) {
            Optional<ExpiredFile> now = ifExpired(live(versions, file.file()), root.get().now, claims);
            if (now.isPresent() && lives(now.get()).equals(lives(file))) {
                for (Allocation version : file.versions()) {
                    claim(
                            sql,
                            version.id(),
                            version.generation(),
                            root.get().now.plus(length),
                            claims);
                }
                claimed.add(file);
            }
        }
        return claimed;
    }

    private static Set<Long> lives(ExpiredFile file) {
        return file.versions().stream().map(Allocation::generation).collect(Collectors.toCollection(HashSet::new));
    }

    private void claim(Sql sql, FileVersion id, long generation, Instant until, Map<Long, Boolean> claims)
            throws SQLException {
        sql.update(
                claims.containsKey(generation) ? statements.moveClaim : statements.insertClaim,
                until,
                id.tenant(),
                id.file(),
                id.version(),
                generation);
    }

    private FileVersions settledVersions(Sql sql, Root root, List<String> files) throws SQLException {
        return new LockedTenant(parts, sql, root, List.of(), Set.of()).settledVersions(files);
    }

    @Override
    public List<Allocation> free(List<ExpiredFile> files, RepairCause cause) {
        RetentionStore.requireFiles(files);
        return correcting.free(files, cause);
    }

    @Override
    public KeepResult keep(AccountId account, String file) {
        FileVersion.requireFile(file);
        return transactions.inTransaction("keeping of " + file, sql -> keep(sql, account, file));
    }

    private KeepResult keep(Sql sql, AccountId account, String file) throws SQLException {
        String tenant = account.tenant();
        Optional<Root> root = parts.settling().lockRoot(sql, tenant);
        List<Allocation> live = root.isEmpty()
                ? List.of()
                : live(settledVersions(sql, root.get(), List.of(file)), file).stream()
                        .filter(version -> version.account().equals(account))
                        .toList();
        if (live.isEmpty()) {
            return KeepResult.NOT_FOUND;
        }
        Map<Long, Boolean> claims = claims(sql, tenant, List.of(file));
        if (live.stream().anyMatch(version -> claims.containsKey(version.generation()))) {
            return KeepResult.LOST;
        }
        boolean isTemporary = live.stream().anyMatch(version -> version.spec().retainUntil() != null);
        if (!isTemporary) {
            return KeepResult.PERMANENT;
        }
        sql.update(statements.keep, tenant, file);
        return KeepResult.KEPT;
    }
}
