package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.Deciding.Look;
import io.github.quotaguard.jdbc.Deciding.Next;
import io.github.quotaguard.jdbc.OwnTransactions.Rollback;
import io.github.quotaguard.jdbc.Settling.Root;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The first door to the counters, as several statements of one transaction under the lock of the tenant's root counter:
 * looks at the state first, then at the limits, and moves the counters only with a life that was written. Several
 * reserves of a tenant share the transaction and are decided in their order, each as if those before had been called
 * before it.
 *
 * <p>A refusal is never the first answer. What is unsettled is settled, what is overdue is expired, and only a snapshot
 * that shows neither, and the account full, refuses.
 */
final class Reserving {

    private static final int ATTEMPTS = 20;

    /** How many batches one transaction settles under the lock before it lets others have it. */
    private static final int LOOKS_AT_ONCE = 3;

    /** How many reserves one transaction decides, so that others get the lock soon. */
    private static final int MOST_AT_ONCE = 128;

    private final OwnTransactions transactions;
    private final Settling settling;
    private final Counters counters;
    private final Arrears arrears;
    private final LockedTenant.Parts parts;
    private final Deciding deciding;
    private final @Nullable OneStatementReserve oneStatement;

    Reserving(LockedTenant.Parts parts, Arrears arrears, @Nullable OneStatementReserve oneStatement) {
        this.parts = parts;
        this.transactions = parts.transactions();
        this.settling = parts.settling();
        this.counters = parts.counters();
        this.arrears = arrears;
        this.deciding = new Deciding(parts.reading());
        this.oneStatement = oneStatement;
    }

    /** How commands of a kind are decided. */
    private interface Decision<C, T> {

        Look<T> decide(LockedTenant tenant, List<C> commands) throws SQLException;
    }

    /** What is known of a kind of command. */
    private record Kind<C, T>(String name, Function<C, List<CounterLimit>> limits, Decision<C, T> decision, T busy) {

        List<CounterLimit> limits(List<C> commands) {
            return commands.stream()
                    .flatMap(command -> limits.apply(command).stream())
                    .toList();
        }
    }

    List<ReserveResult> reserveAll(List<ReserveCommand> commands) {
        List<ReserveResult> answers = new ArrayList<>();
        while (answers.size() < commands.size()) {
            List<ReserveCommand> batch = batch(commands.subList(answers.size(), commands.size()));
            List<ReserveResult> decided = reserveBatch(batch);
            answers.addAll(decided);
            if (decided.size() < batch.size()) {
                addBusy(answers, commands);
            }
        }
        return answers;
    }

    /** The first commands, of one tenant and each of another file: what is done to a file twice is done one by one. */
    private static List<ReserveCommand> batch(List<ReserveCommand> commands) {
        String tenant = commands.get(0).spec().id().tenant();
        Set<String> files = new HashSet<>();
        int size = 0;
        while (size < Math.min(commands.size(), MOST_AT_ONCE)
                && commands.get(size).spec().id().tenant().equals(tenant)
                && files.add(commands.get(size).spec().id().file())) {
            size++;
        }
        return commands.subList(0, size);
    }

    /** Nobody waits for the same lock twice. */
    private static void addBusy(List<ReserveResult> answers, List<ReserveCommand> commands) {
        String tenant = commands.get(answers.size()).spec().id().tenant();
        while (answers.size() < commands.size()
                && commands.get(answers.size()).spec().id().tenant().equals(tenant)) {
            answers.add(new ReserveResult.Busy(OwnTransactions.BUSY));
        }
    }

    /** Returns fewer answers than there are commands if the root counter was not free in time. */
    private List<ReserveResult> reserveBatch(List<ReserveCommand> commands) {
        Optional<List<ReserveResult>> granted =
                oneStatement == null ? Optional.empty() : oneStatement.tryReserve(commands);
        return granted.orElseGet(() -> untilDecided(
                new Kind<>(
                        "reserve of " + commands.get(0).spec().id(),
                        ReserveCommand::limits,
                        deciding::reserve,
                        new ReserveResult.Busy(OwnTransactions.BUSY)),
                commands,
                false));
    }

    ExtendResult extendTo(ExtendCommand command) {
        ExtendResult busy = new ExtendResult.Busy(OwnTransactions.BUSY);
        List<ExtendResult> decided = untilDecided(
                new Kind<>(
                        "extension of " + command.reservation().id(),
                        ExtendCommand::limits,
                        (tenant, commands) -> deciding.extend(tenant, commands.get(0)),
                        busy),
                List.of(command),
                false);
        return decided.isEmpty() ? busy : decided.get(0);
    }

    /**
     * Decides commands in their order, and returns as many answers as it came to before the root counter was not free in
     * time.
     *
     * @param isBrief whether others wait for these, so that whoever has locked the rows of a file is waited for only once
     */
    private <C, T> List<T> untilDecided(Kind<C, T> kind, List<C> commands, boolean isBrief) {
        String tenant = kind.limits(commands).get(0).account().tenant();
        long patience = isBrief ? Dialect.UNDER_WAY_MILLIS : transactions.lockTimeoutMillis();
        long giveUpAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patience);
        List<T> answers = new ArrayList<>();
        Set<Long> inFlight = Set.of();
        boolean isStuck = false;
        int pauses = 0;
        int attempts = 0;
        while (answers.size() < commands.size()) {
            List<C> left = commands.subList(answers.size(), commands.size());
            Look<T> look = look(kind, tenant, left, inFlight);
            answers.addAll(look.answers());
            attempts = look.answers().isEmpty() ? attempts + 1 : 1;
            boolean isBusy = attempts >= ATTEMPTS;
            switch (look.next()) {
                case SEED -> counters.seed(kind.limits(left));
                case CLEAR_ARREARS -> {
                    Optional<Set<Long>> cleared = isStuck ? Optional.empty() : arrears.clear(tenant);
                    inFlight = cleared.orElse(inFlight);
                    isBusy |= cleared.isEmpty();
                    isStuck = isBusy;
                }
                case WAIT -> {
                    if (left.size() > 1) {
                        answers.addAll(oneByOne(kind, left));
                        return answers;
                    }
                    isBusy = System.nanoTime() > giveUpAt;
                    attempts--;
                    if (!isBusy) {
                        OwnTransactions.pause(++pauses);
                    }
                }
                case GIVE_UP -> {
                    return answers;
                }
                default -> isBusy = false;
            }
            if (isBusy) {
                answers.add(kind.busy());
            }
        }
        return answers;
    }

    /** Somebody has locked rows of one file: only who wants that file is to be delayed by it. */
    private <C, T> List<T> oneByOne(Kind<C, T> kind, List<C> commands) {
        List<T> answers = new ArrayList<>();
        for (C command : commands) {
            List<T> decided = untilDecided(kind, List.of(command), true);
            answers.addAll(decided);
            if (decided.isEmpty()) {
                break;
            }
        }
        return answers;
    }

    private <C, T> Look<T> look(Kind<C, T> kind, String tenant, List<C> left, Set<Long> inFlight) {
        return transactions.inTransaction(
                kind.name(),
                sql -> {
                    Optional<Root> root = settling.lockRoot(sql, tenant);
                    if (root.isEmpty()) {
                        return Look.first(Next.SEED);
                    }
                    transactions.stopWaitingForFiles(sql);
                    return withoutWaiting(kind, sql, root.get(), left, inFlight);
                },
                Look.first(Next.GIVE_UP));
    }

    /** Where somebody else has locked rows of a file, who has locked the root waits with it only for a moment. */
    private <C, T> Look<T> withoutWaiting(Kind<C, T> kind, Sql sql, Root root, List<C> left, Set<Long> inFlight)
            throws SQLException {
        try {
            return untilNothingIsSettled(kind, sql, root, left, inFlight);
        } catch (SQLException e) {
            if (SqlFailures.isLockTimeout(e)) {
                throw new Rollback(Look.first(Next.WAIT));
            }
            throw e;
        }
    }

    private <C, T> Look<T> untilNothingIsSettled(Kind<C, T> kind, Sql sql, Root root, List<C> left, Set<Long> inFlight)
            throws SQLException {
        List<T> answers = new ArrayList<>();
        for (int looks = 0; looks < LOOKS_AT_ONCE; looks++) {
            List<C> undecided = left.subList(answers.size(), left.size());
            LockedTenant locked = new LockedTenant(parts, sql, root, kind.limits(undecided), inFlight);
            if (locked.hasMoreToSettle()) {
                break;
            }
            Look<T> look = kind.decision().decide(locked, undecided);
            locked.write();
            answers.addAll(look.answers());
            if (look.next() != Next.LOOK_AGAIN) {
                return new Look<>(answers, look.next());
            }
        }
        return new Look<>(answers, Next.CLEAR_ARREARS);
    }
}
