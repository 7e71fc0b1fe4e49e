package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.Settling.Root;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.Correction;
import io.github.quotaguard.store.CorrectionPlan;
import io.github.quotaguard.store.CorrectionResult;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.ExpiredFile;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.RepairCause;
import io.github.quotaguard.store.RepairLease;
import io.github.quotaguard.store.ReserveCommand;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Ends and begins lives as repairs and cleanups want it, under the root's lock: each is looked at there once more, gets
 * its entries, and is settled in the same transaction. Waits for no caller that is about to end the same.
 */
final class Correcting {

    /** How long what is adopted is reserved, in the transaction that commits it. */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private final LockedTenant.Parts parts;
    private final OwnTransactions transactions;
    private final Settling settling;
    private final RepairStatements statements;
    private final EntryWriter entries;

    Correcting(LockedTenant.Parts parts, RepairStatements statements, EntryWriter entries) {
        this.parts = parts;
        this.transactions = parts.transactions();
        this.settling = parts.settling();
        this.statements = statements;
        this.entries = entries;
    }

    /** What corrections have in common; a cleanup has no lease. */
    private record Order(String tenant, @Nullable RepairLease lease, EntryKind end, RepairCause cause) {

        String reason(Correction correction) {
            return end == EntryKind.DELETE ? cause.reason() : cause.of(correction.before(), correction.after());
        }
    }

    List<CorrectionResult> correct(RepairLease lease, List<Correction> corrections, RepairCause cause) {
        return correct(new Order(lease.tenant(), lease, EntryKind.REMOVE, cause), corrections);
    }

    /** Ends versions that were deleted, and returns those that this call has ended. */
    List<Allocation> free(List<ExpiredFile> files, RepairCause cause) {
        List<Correction> removals = files.stream()
                .flatMap(file -> file.versions().stream())
                .<Correction>map(Correction.Remove::new)
                .toList();
        if (removals.isEmpty()) {
            return List.of();
        }
        List<CorrectionResult> results =
                correct(new Order(files.get(0).tenant(), null, EntryKind.DELETE, cause), removals);
        List<Allocation> freed = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) == CorrectionResult.MADE) {
                freed.add(Objects.requireNonNull(removals.get(i).ended()));
            }
        }
        return freed;
    }

    private List<CorrectionResult> correct(Order order, List<Correction> corrections) {
        if (corrections.isEmpty()) {
            return List.of();
        }
        seed(corrections);
        Optional<List<CorrectionResult>> results = tryAll(order, corrections);
        if (results.isPresent()) {
            return results.get();
        }
        // Somebody else has locked one of them, or the root for long.
        List<CorrectionResult> oneByOne = new ArrayList<>();
        for (Correction correction : corrections) {
            oneByOne.add(
                    tryAll(order, List.of(correction)).map(made -> made.get(0)).orElse(CorrectionResult.BUSY));
        }
        return oneByOne;
    }

    private void seed(List<Correction> corrections) {
        List<CounterLimit> limits = new ArrayList<>();
        for (Correction correction : corrections) {
            AllocationSpec begun = correction.begun();
            if (begun != null) {
                limits.addAll(CounterLimit.unlimitedLineage(begun.account(), begun.category()));
            }
        }
        if (!limits.isEmpty()) {
            parts.counters().seed(limits.stream().distinct().toList());
        }
    }

    /** Returns nothing if a lock was not free in time. */
    private Optional<List<CorrectionResult>> tryAll(Order order, List<Correction> corrections) {
        return transactions.inTransaction(
                "correction of " + order.tenant(), sql -> Optional.of(all(sql, order, corrections)), Optional.empty());
    }

    private List<CorrectionResult> all(Sql sql, Order order, List<Correction> corrections) throws SQLException {
        Optional<Root> root = settling.lockRoot(sql, order.tenant());
        if (root.isEmpty()) {
            return Collections.nCopies(corrections.size(), CorrectionResult.CHANGED);
        }
        if (order.lease() != null
                && Repairs.Lease.lock(sql, statements, order.lease()).isEmpty()) {
            return Collections.nCopies(corrections.size(), CorrectionResult.NOT_LEASED);
        }
        transactions.stopWaitingForFiles(sql);
        LockedTenant tenant = new LockedTenant(parts, sql, root.get(), List.of(), Set.of());
        FileVersions versions = tenant.settledVersions(files(corrections));
        CorrectionPlan plan = CorrectionPlan.of(corrections, file -> live(versions, file));
        List<Correction> made = new ArrayList<>();
        List<CorrectionResult> results = new ArrayList<>();
        transactions.stopWaiting(sql);
        for (Correction correction : corrections) {
            CorrectionResult result =
                    versions.isOpen(correction.id().file()) ? CorrectionResult.BUSY : plan.resultOf(correction);
            if (result == CorrectionResult.MADE && !end(sql, order, correction)) {
                result = CorrectionResult.CHANGED;
            }
            if (result == CorrectionResult.MADE) {
                made.add(correction);
            }
            if (order.end() == EntryKind.DELETE && result != CorrectionResult.BUSY) {
                forgetClaim(sql, Objects.requireNonNull(correction.ended()));
            }
            results.add(result);
        }
        transactions.waitForLocks(sql);
        settle(sql, root.get());
        begin(
                sql,
                order,
                tenant,
                root.get(),
                made.stream().filter(correction -> correction.begun() != null).toList());
        return results;
    }

    private static List<String> files(List<Correction> corrections) {
        return corrections.stream()
                .map(correction -> correction.id().file())
                .distinct()
                .toList();
    }

    private static List<Allocation> live(FileVersions versions, String file) {
        return versions.of(file).stream()
                .filter(version -> version.state().isLive())
                .toList();
    }

    /** Says whether nothing was to be ended, or it is this that has ended it. */
    private boolean end(Sql sql, Order order, Correction correction) throws SQLException {
        Allocation ended = correction.ended();
        return ended == null
                || entries.endFile(sql, ended, order.end(), order.cause().actor(), order.reason(correction));
    }

    /** Whoever has ended the life: the application may do so itself when it is asked to delete the file. */
    private void forgetClaim(Sql sql, Allocation ended) throws SQLException {
        FileVersion id = ended.id();
        sql.update(statements.forgetClaim, id.tenant(), id.file(), id.version(), ended.generation());
    }

    private void begin(Sql sql, Order order, LockedTenant tenant, Root root, List<Correction> begins)
            throws SQLException {
        if (begins.isEmpty()) {
            return;
        }
        FileVersions versions = tenant.settledVersions(files(begins));
        Set<String> files = new HashSet<>();
        List<Allocation> adopted = new ArrayList<>();
        for (Correction correction : begins) {
            AllocationSpec spec = Objects.requireNonNull(correction.begun());
            String file = spec.id().file();
            List<Allocation> live = live(versions, file);
            requireRoom(spec, live, versions.isOpen(file));
            boolean isNewFile = files.add(file) && live.isEmpty();
            boolean hasRow =
                    versions.of(file).stream().anyMatch(version -> version.id().equals(spec.id()));
            adopted.add(tenant.lives()
                    .begin(
                            new ReserveCommand(
                                    spec, AT_ONCE, CounterLimit.unlimitedLineage(spec.account(), spec.category())),
                            new Counters.Charge(spec.bytes(), isNewFile ? 1 : 0, spec.bytes()),
                            hasRow));
        }
        tenant.write();
        entries.adopt(
                sql,
                adopted,
                order.cause().actor(),
                begins.stream().map(order::reason).toList());
        settle(sql, root);
    }

    /** What was to end and has not, since somebody was faster, takes the others back: each is tried by itself then. */
    private static void requireRoom(AllocationSpec spec, List<Allocation> live, boolean isOpen) throws SQLException {
        if (isOpen || !live.stream().allMatch(version -> spec.isCountedWith(version.spec()))) {
            throw new OwnTransactions.Rollback(Optional.empty());
        }
    }

    /** All that is open, so that nothing of what was entered here is left to others. */
    private void settle(Sql sql, Root root) throws SQLException {
        while (settling.settle(sql, root).settled() > 0) {
            // batch by batch
        }
    }
}
