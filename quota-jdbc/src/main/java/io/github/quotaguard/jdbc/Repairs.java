package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Balance;
import io.github.quotaguard.store.Correction;
import io.github.quotaguard.store.CorrectionResult;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.RepairCause;
import io.github.quotaguard.store.RepairLease;
import io.github.quotaguard.store.RepairStore;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Repairs in SQL: who may, what is recorded, and what is done about it. */
final class Repairs implements RepairStore {

    private static final int PURGED_AT_ONCE = 1_000;

    private final OwnTransactions transactions;
    private final RepairStatements statements;
    private final Dialect dialect;
    private final Settling settling;
    private final Reading reading;
    private final Correcting correcting;
    private final Recounting recounting;

    Repairs(LockedTenant.Parts parts, RepairStatements statements, Correcting correcting) {
        this.transactions = parts.transactions();
        this.statements = statements;
        this.dialect = parts.dialect();
        this.settling = parts.settling();
        this.reading = parts.reading();
        this.correcting = correcting;
        this.recounting = new Recounting(parts, statements);
    }

    /** The row of a tenant's lease, locked. */
    record Lease(
            long token,
            long epoch,
            @Nullable Instant leasedUntil,
            @Nullable Instant checkedAt,
            Instant now) {

        static Lease of(Row row) throws SQLException {
            return new Lease(
                    row.number("token"),
                    row.number("epoch"),
                    row.timeOrNull("leased_until"),
                    row.timeOrNull("checked_at"),
                    row.time("now"));
        }

        boolean isFree() {
            return leasedUntil == null || !leasedUntil.isAfter(now);
        }

        boolean rests(Duration rest) {
            return checkedAt != null && checkedAt.plus(rest).isAfter(now);
        }

        boolean isTakenBy(RepairLease lease) {
            return token == lease.token() && leasedUntil != null;
        }

        /** Locks the lease of a tenant, and says whether it is that one, and not over. */
        static Optional<Lease> lock(Sql sql, RepairStatements statements, RepairLease lease) throws SQLException {
            return sql.first(statements.lockLease, Lease::of, lease.tenant())
                    .filter(row -> row.isTakenBy(lease) && !row.isFree());
        }
    }

    @Override
    public Instant now() {
        return transactions.statement(
                "look at the clock",
                sql -> sql.first(statements.now, row -> row.time("now")).orElseThrow());
    }

    @Override
    public Optional<RepairLease> lease(String tenant, Duration length, Duration rest) {
        AccountId.requireTenant(tenant);
        RepairStore.requireLength(length);
        RepairStore.requireRest(rest);
        boolean unused = transactions.statement(
                "lease of " + tenant,
                sql -> sql.first(statements.epoch, row -> true, tenant).isPresent()
                        || dialect.insertIfAbsent(sql, statements.insertLease, tenant));
        return transactions.inTransaction("lease of " + tenant, sql -> {
            Optional<Lease> row = sql.first(statements.lockLease, Lease::of, tenant);
            if (row.isEmpty() || !row.get().isFree() || row.get().rests(rest)) {
                return Optional.empty();
            }
            RepairLease lease = new RepairLease(
                    tenant, LifeWriter.newGeneration(), row.get().now());
            move(sql, lease, row.get().now().plus(length), row.get().checkedAt());
            return Optional.of(lease);
        });
    }

    @Override
    public boolean renew(RepairLease lease, Duration length) {
        RepairStore.requireLength(length);
        return change(
                lease, row -> new Lease(row.token(), row.epoch(), row.now().plus(length), row.checkedAt(), row.now()));
    }

    @Override
    public void finish(RepairLease lease, boolean isChecked) {
        boolean unused = change(
                lease,
                row -> new Lease(row.token(), row.epoch(), null, isChecked ? row.now() : row.checkedAt(), row.now()));
    }

    private boolean change(RepairLease lease, UnaryOperator<Lease> change) {
        return transactions.inTransaction("lease of " + lease.tenant(), sql -> {
            Optional<Lease> row =
                    sql.first(statements.lockLease, Lease::of, lease.tenant()).filter(found -> found.isTakenBy(lease));
            if (row.isPresent()) {
                Lease changed = change.apply(row.get());
                move(sql, lease, changed.leasedUntil(), changed.checkedAt());
            }
            return row.isPresent();
        });
    }

    private void move(Sql sql, RepairLease lease, @Nullable Instant leasedUntil, @Nullable Instant checkedAt)
            throws SQLException {
        sql.update(statements.moveLease, lease.token(), leasedUntil, checkedAt, lease.tenant());
    }

    @Override
    public List<Allocation> standing(String tenant, Collection<FileVersion> ids) {
        RepairStore.requireIds(tenant, ids);
        if (ids.isEmpty()) {
            return List.of();
        }
        Set<String> files = ids.stream().map(FileVersion::file).collect(Collectors.toSet());
        FileVersions versions =
                transactions.snapshot("look at records of " + tenant, sql -> reading.versions(sql, tenant, files));
        Set<FileVersion> wanted = Set.copyOf(ids);
        return files.stream()
                .flatMap(file -> versions.of(file).stream())
                .filter(life -> wanted.contains(life.id()))
                .toList();
    }

    @Override
    public List<Allocation> settled(String tenant, Collection<FileVersion> ids) {
        RepairStore.requireIds(tenant, ids);
        if (ids.isEmpty()) {
            return List.of();
        }
        @Nullable
        Object[] arguments = Statements.tenantAndFiles(
                tenant, ids.stream().map(FileVersion::file).toList());
        List<Allocation> lives = transactions.statement(
                "look at records of " + tenant,
                sql -> sql.query(statements.lives(arguments.length - 1), Rows::allocation, arguments));
        Set<FileVersion> wanted = Set.copyOf(ids);
        return lives.stream().filter(life -> wanted.contains(life.id())).toList();
    }

    @Override
    public Page<Allocation> live(String tenant, @Nullable FileVersion after, int size) {
        AccountId.requireTenant(tenant);
        Page.requireSize(size);
        String file = after == null ? "" : after.file();
        String version = after == null ? "" : after.version();
        return transactions.statement(
                "list of records of " + tenant,
                sql -> Page.of(
                        sql.query(statements.live, Rows::allocation, tenant, file, file, version, size + 1), size));
    }

    @Override
    public List<Balance> balances(String tenant) {
        AccountId.requireTenant(tenant);
        return recounting.balances(tenant);
    }

    @Override
    public List<CorrectionResult> correct(RepairLease lease, List<Correction> corrections, RepairCause cause) {
        RepairStore.requireCorrections(lease, corrections);
        return correcting.correct(lease, corrections, cause);
    }

    @Override
    public List<Balance> recount(RepairLease lease, RepairCause cause) {
        return recounting.recount(lease, cause);
    }

    /** Some files at a time, under the root's lock like everything that changes allocations; the root goes last. */
    @Override
    public long purge(RepairLease lease) {
        String tenant = lease.tenant();
        long purged = 0;
        for (RepairStatements.PurgeInBatches table : statements.purgeInBatches) {
            for (boolean more = true; more; ) {
                if (purged > 0 && !renew(lease, MAX_LEASE)) {
                    throw new UsageStoreException(
                            "removal of %s took too long, and somebody else repairs it now; part of it is removed, try again"
                                    .formatted(tenant),
                            true,
                            null);
                }
                long batch = purging(lease, sql -> {
                    Optional<String> lastFile =
                            sql.first(table.lastFile(), row -> row.text("file"), tenant, PURGED_AT_ONCE);
                    return lastFile.isEmpty() ? 0L : sql.update(table.delete(), tenant, lastFile.get());
                });
                purged += batch;
                more = batch > 0;
            }
        }
        return purged
                + purging(lease, sql -> {
                    long rest = 0;
                    for (String delete : statements.purgeAtOnce) {
                        rest += sql.update(delete, tenant);
                    }
                    return rest;
                });
    }

    private long purging(RepairLease lease, OwnTransactions.Work<Long> work) {
        return transactions.inTransaction("removal of " + lease.tenant(), sql -> {
            settling.lockRoot(sql, lease.tenant());
            return Lease.lock(sql, statements, lease).isPresent() ? work.run(sql) : 0L;
        });
    }
}
