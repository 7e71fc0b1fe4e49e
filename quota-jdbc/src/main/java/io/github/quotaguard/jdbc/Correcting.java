package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.Settling.Root;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Correction;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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

    /**
     * What is to be done with one version.
     *
     * @param ended the life that is to be ended, or null
     * @param begun the file that is to be recorded, or null
     */
    private record Change(
            FileVersion id,
            @Nullable Allocation ended,
            @Nullable AllocationSpec begun,
            String reason) {

        static Change of(Correction correction, RepairCause cause) {
            String reason = cause.of(correction.before(), correction.after());
            if (correction instanceof Correction.Adopt adopt) {
                return new Change(adopt.id(), null, adopt.spec(), reason);
            }
            if (correction instanceof Correction.Replace replace) {
                return new Change(replace.id(), replace.life(), replace.spec(), reason);
            }
            return new Change(correction.id(), ((Correction.Remove) correction).life(), null, reason);
        }

        boolean isBegin() {
            return begun != null;
        }
    }

    /** What changes have in common; a cleanup has no lease. */
    private record Order(String tenant, @Nullable RepairLease lease, EntryKind end, String actor) {}

    List<CorrectionResult> correct(RepairLease lease, List<Correction> corrections, RepairCause cause) {
        return change(
                new Order(lease.tenant(), lease, EntryKind.REMOVE, cause.actor()),
                corrections.stream()
                        .map(correction -> Change.of(correction, cause))
                        .toList());
    }

    /** Ends versions that were deleted, and returns those that this call has ended. */
    List<Allocation> free(List<ExpiredFile> files, RepairCause cause) {
        List<Allocation> versions =
                files.stream().flatMap(file -> file.versions().stream()).toList();
        if (versions.isEmpty()) {
            return versions;
        }
        List<CorrectionResult> results = change(
                new Order(files.get(0).tenant(), null, EntryKind.DELETE, cause.actor()),
                versions.stream()
                        .map(version -> new Change(version.id(), version, null, cause.reason()))
                        .toList());
        List<Allocation> freed = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) == CorrectionResult.MADE) {
                freed.add(versions.get(i));
            }
        }
        return freed;
    }

    private List<CorrectionResult> change(Order order, List<Change> changes) {
        if (changes.isEmpty()) {
            return List.of();
        }
        seed(changes);
        Optional<List<CorrectionResult>> results = tryAll(order, changes);
        if (results.isPresent()) {
            return results.get();
        }
        // Somebody else has locked one of them, or the root for long.
        List<CorrectionResult> oneByOne = new ArrayList<>();
        for (Change change : changes) {
            oneByOne.add(tryAll(order, List.of(change)).map(made -> made.get(0)).orElse(CorrectionResult.BUSY));
        }
        return oneByOne;
    }

    private void seed(List<Change> changes) {
        List<CounterLimit> limits = changes.stream()
                .filter(Change::isBegin)
                .map(change -> Objects.requireNonNull(change.begun()))
                .flatMap(spec -> CounterLimit.unlimitedLineage(spec.account(), spec.category()).stream())
                .distinct()
                .toList();
        if (!limits.isEmpty()) {
            parts.counters().seed(limits);
        }
    }

    /** Returns nothing if a lock was not free in time. */
    private Optional<List<CorrectionResult>> tryAll(Order order, List<Change> changes) {
        return transactions.inTransaction(
                "correction of " + order.tenant(), sql -> Optional.of(all(sql, order, changes)), Optional.empty());
    }

    private List<CorrectionResult> all(Sql sql, Order order, List<Change> changes) throws SQLException {
        Optional<Root> root = settling.lockRoot(sql, order.tenant());
        if (root.isEmpty()) {
            return Collections.nCopies(changes.size(), CorrectionResult.CHANGED);
        }
        if (order.lease() != null
                && Repairs.Lease.lock(sql, statements, order.lease()).isEmpty()) {
            return Collections.nCopies(changes.size(), CorrectionResult.NOT_LEASED);
        }
        transactions.stopWaitingForFiles(sql);
        LockedTenant tenant = new LockedTenant(parts, sql, root.get(), List.of(), Set.of());
        FileVersions versions = tenant.settledVersions(
                changes.stream().map(change -> change.id().file()).distinct().toList());
        List<CorrectionResult> results = new ArrayList<>();
        Set<FileVersion> seen = new HashSet<>();
        Map<String, AllocationSpec> begun = new HashMap<>();
        transactions.stopWaiting(sql);
        for (Change change : changes) {
            CorrectionResult judged = seen.add(change.id()) ? judge(change, versions) : CorrectionResult.CHANGED;
            CorrectionResult result = judged == CorrectionResult.MADE && !hasRoomBeside(change, begun)
                    ? CorrectionResult.CONFLICT
                    : judged;
            result = result == CorrectionResult.MADE ? end(sql, order, change) : result;
            if (result == CorrectionResult.MADE && change.begun() != null) {
                begun.putIfAbsent(change.id().file(), change.begun());
            }
            if (order.end() == EntryKind.DELETE && result != CorrectionResult.BUSY) {
                forgetClaim(sql, Objects.requireNonNull(change.ended()));
            }
            results.add(result);
        }
        transactions.waitForLocks(sql);
        settle(sql, root.get());
        begin(sql, order, tenant, root.get(), changes, results);
        return results;
    }

    /** Says what becomes of a change, before anybody is met who is about to end the same. */
    private static CorrectionResult judge(Change change, FileVersions versions) {
        List<Allocation> ofFile = versions.of(change.id().file());
        if (versions.isOpen(change.id().file())) {
            return CorrectionResult.BUSY;
        }
        Allocation standing = ofFile.stream()
                .filter(version -> version.id().equals(change.id()))
                .findFirst()
                .orElse(null);
        Allocation ended = change.ended();
        boolean isAsItWas = ended == null
                ? standing == null || !standing.state().isLive()
                : standing != null
                        && standing.generation() == ended.generation()
                        && standing.state() == AllocationState.COMMITTED
                        && standing.bytes() == ended.bytes();
        if (!isAsItWas) {
            return CorrectionResult.CHANGED;
        }
        AllocationSpec begun = change.begun();
        boolean hasRoom = begun == null
                || ofFile.stream()
                        .filter(other -> other.state().isLive() && !other.id().equals(change.id()))
                        .allMatch(other -> other.account().equals(begun.account())
                                && Objects.equals(other.category(), begun.category()));
        return hasRoom ? CorrectionResult.MADE : CorrectionResult.CONFLICT;
    }

    private CorrectionResult end(Sql sql, Order order, Change change) throws SQLException {
        Allocation ended = change.ended();
        if (ended == null) {
            return CorrectionResult.MADE;
        }
        if (!entries.endFile(sql, ended, order.end(), order.actor(), change.reason())) {
            return CorrectionResult.CHANGED;
        }
        return CorrectionResult.MADE;
    }

    /** Whoever has ended the life: the application may do so itself when it is asked to delete the file. */
    private void forgetClaim(Sql sql, Allocation ended) throws SQLException {
        FileVersion id = ended.id();
        sql.update(statements.forgetClaim, id.tenant(), id.file(), id.version(), ended.generation());
    }

    /** All versions of a file are of one account and category, also those that are recorded together. */
    private static boolean hasRoomBeside(Change change, Map<String, AllocationSpec> begun) {
        AllocationSpec other = begun.get(change.id().file());
        AllocationSpec own = change.begun();
        return other == null
                || own == null
                || (other.account().equals(own.account()) && Objects.equals(other.category(), own.category()));
    }

    private void begin(
            Sql sql, Order order, LockedTenant tenant, Root root, List<Change> changes, List<CorrectionResult> results)
            throws SQLException {
        List<Change> begins = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            if (results.get(i) == CorrectionResult.MADE && changes.get(i).isBegin()) {
                begins.add(changes.get(i));
            }
        }
        if (begins.isEmpty()) {
            return;
        }
        FileVersions versions = tenant.settledVersions(
                begins.stream().map(change -> change.id().file()).distinct().toList());
        Set<String> files = new HashSet<>();
        List<Allocation> adopted = new ArrayList<>();
        for (Change change : begins) {
            AllocationSpec spec = Objects.requireNonNull(change.begun());
            List<Allocation> ofFile = versions.of(spec.id().file());
            boolean isNewFile = files.add(spec.id().file())
                    && ofFile.stream().noneMatch(version -> version.state().isLive());
            boolean hasRow = ofFile.stream().anyMatch(version -> version.id().equals(spec.id()));
            adopted.add(tenant.lives()
                    .begin(
                            new ReserveCommand(
                                    spec, AT_ONCE, CounterLimit.unlimitedLineage(spec.account(), spec.category())),
                            new Counters.Charge(spec.bytes(), isNewFile ? 1 : 0, spec.bytes()),
                            hasRow));
        }
        tenant.write();
        entries.adopt(
                sql, adopted, order.actor(), begins.stream().map(Change::reason).collect(Collectors.toList()));
        settle(sql, root);
    }

    /** All that is open, so that nothing of what was entered here is left to others. */
    private void settle(Sql sql, Root root) throws SQLException {
        while (settling.settle(sql, root).settled() > 0) {
            // batch by batch
        }
    }
}
