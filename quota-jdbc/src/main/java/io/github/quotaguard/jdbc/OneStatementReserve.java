package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.BoundRows.Column;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reserves in one statement and one round trip what needs no second look: new files of one tenant, without versions,
 * that all fit, of accounts without a soft limit.
 */
final class OneStatementReserve {

    private static final List<Column<CounterCharge>> CHARGE = List.of(
            new Column<>("account", "text", charge -> charge.counter.account().path()),
            new Column<>("category", "text", charge -> Rows.text(charge.counter.category())),
            new Column<>("bytes", "bigint", charge -> charge.bytes),
            new Column<>("files", "bigint", charge -> charge.files),
            new Column<>("most_bytes", "bigint", charge -> charge.mostBytes),
            new Column<>("most_files", "bigint", charge -> charge.mostFiles));

    private static final List<Column<Grant>> GRANT = List.of(
            new Column<>("file", "text", grant -> grant.spec().id().file()),
            new Column<>("account", "text", grant -> grant.spec().account().path()),
            new Column<>("category", "text", grant -> Rows.text(grant.spec().category())),
            new Column<>("generation", "bigint", grant -> grant.generation),
            new Column<>("bytes", "bigint", grant -> grant.spec().bytes()),
            new Column<>("declared_bytes", "bigint", grant -> Rows.declared(grant.spec())),
            new Column<>("metadata", "text", grant -> Rows.text(grant.spec().metadata())),
            new Column<>("forced_reason", "text", grant -> grant.spec().forcedReason()),
            new Column<>("actor", "text", grant -> grant.spec().actor()),
            new Column<>(
                    "retain_until",
                    "timestamptz",
                    grant -> Objects.toString(grant.spec().retainUntil(), null)),
            new Column<>(
                    "ttl_micros",
                    "bigint",
                    grant -> TimeUnit.NANOSECONDS.toMicros(grant.command.ttl().toNanos())));

    /** The form of the statement for batches; that for a lone call has the number of its counters, of which few are. */
    private static final int OF_BATCHES = 0;

    private final OwnTransactions transactions;
    private final String template;
    private final ConcurrentMap<Integer, String> statements = new ConcurrentHashMap<>();

    OneStatementReserve(OwnTransactions transactions, String template) {
        this.transactions = transactions;
        this.template = template;
    }

    /**
     * Tries it.
     *
     * @param commands of one tenant, each of another file
     * @return granted, for each; none if a lock was not free in time; empty, with nothing changed, if {@link Deciding} has
     *     to look at them
     */
    Optional<List<ReserveResult>> tryReserve(List<ReserveCommand> commands) {
        Map<Counter, CounterCharge> charges = new LinkedHashMap<>();
        for (ReserveCommand command : commands) {
            if (!isPlain(command) || !add(charges, command)) {
                return Optional.empty();
            }
        }
        return transactions.statement(
                "reserve of " + commands.get(0).spec().id(),
                sql -> tryReserve(sql, commands, charges.values()),
                Optional.of(List.of()));
    }

    private static boolean isPlain(ReserveCommand command) {
        AllocationSpec spec = command.spec();
        return spec.id().version().isEmpty()
                && spec.replacement().scope() == Replacement.Scope.NONE
                && command.limits().stream().allMatch(limit -> limit.softLimit() == null);
    }

    private record Counter(AccountId account, @Nullable Category category) {}

    /** How much is asked of a counter, and how much it may have at most before, for each command in turn to fit. */
    private static final class CounterCharge {

        private final Counter counter;
        private long bytes;
        private long files;
        private long mostBytes = CounterLimit.UNLIMITED;
        private long mostFiles = CounterLimit.UNLIMITED;

        private CounterCharge(Counter counter) {
            this.counter = counter;
        }

        /** Adds a file; false if it fits not even when nothing is used. */
        private boolean add(long fileBytes, CounterLimit limit) {
            if (fileBytes > limit.maxBytesPerFile() || fileBytes > CounterLimit.UNLIMITED - bytes) {
                return false;
            }
            bytes += fileBytes;
            files++;
            if (fileBytes > 0) {
                mostBytes = Math.min(mostBytes, limit.maxBytes() - bytes);
            }
            mostFiles = Math.min(mostFiles, limit.maxFiles() - files);
            return mostBytes >= 0 && mostFiles >= 0;
        }
    }

    private static boolean add(Map<Counter, CounterCharge> charges, ReserveCommand command) {
        AllocationSpec spec = command.spec();
        for (CounterLimit limit : command.limits()) {
            CounterLimit inForce = spec.forcedReason() == null ? limit : limit.withoutLimits();
            if (!charges.computeIfAbsent(new Counter(limit.account(), limit.category()), CounterCharge::new)
                    .add(spec.bytes(), inForce)) {
                return false;
            }
        }
        return true;
    }

    private Optional<List<ReserveResult>> tryReserve(
            Sql sql, List<ReserveCommand> commands, Collection<CounterCharge> charges) throws SQLException {
        List<Grant> grants = commands.stream()
                .map(command -> new Grant(command, LifeWriter.newGeneration()))
                .toList();
        boolean isBatch = grants.size() > 1;
        BoundRows<CounterCharge> charge = new BoundRows<>(CHARGE, charges, isBatch);
        BoundRows<Grant> grant = new BoundRows<>(GRANT, grants, isBatch);
        String tenant = commands.get(0).spec().id().tenant();
        List<@Nullable Object> arguments = charge.arguments(sql);
        arguments.addAll(grant.arguments(sql));
        arguments.addAll(List.of(tenant, tenant, Integer.toString(transactions.lockTimeoutMillis())));
        arguments.addAll(Collections.nCopies(5, tenant));
        Map<String, Times> times = new HashMap<>();
        try {
            sql.query(
                    statement(charge, grant, isBatch ? OF_BATCHES : charges.size()),
                    row -> times.put(row.text("file"), new Times(row.time("born_at"), row.time("deadline"))),
                    arguments.toArray());
        } catch (SQLException e) {
            if (PostgresDialect.NOT_A_NUMBER.equals(e.getSQLState())) {
                return Optional.empty();
            }
            throw e;
        }
        return times.isEmpty()
                ? Optional.empty()
                : Optional.of(grants.stream()
                        .<ReserveResult>map(one -> one.result(
                                Objects.requireNonNull(times.get(one.spec().id().file()))))
                        .toList());
    }

    private String statement(BoundRows<CounterCharge> charge, BoundRows<Grant> grant, int form) {
        return statements.computeIfAbsent(
                form,
                any -> template.replace("{charge}", charge.table("charge"))
                        .replace("{request}", grant.table("request")));
    }

    private record Times(Instant bornAt, Instant deadline) {}

    /** A life that is to begin. */
    private record Grant(ReserveCommand command, long generation) {

        AllocationSpec spec() {
            return command.spec();
        }

        ReserveResult result(Times times) {
            return new ReserveResult.Granted(new Allocation(
                    spec(),
                    AllocationState.RESERVED,
                    generation,
                    1,
                    spec().bytes(),
                    times.bornAt,
                    times.deadline,
                    times.bornAt));
        }
    }
}
