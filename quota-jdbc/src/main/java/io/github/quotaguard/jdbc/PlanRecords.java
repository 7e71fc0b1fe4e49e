package io.github.quotaguard.jdbc;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Page;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads and changes the tables of plans. Whoever changes a plan or what an account was given locks its row first, and
 * keeps it until the change and its row in the audit are committed together: so each change knows what it changes.
 */
final class PlanRecords {

    /** Where the audit has the changes of plans: no tenant has an empty id. */
    private static final String NO_TENANT = "";

    private final OwnTransactions transactions;
    private final Dialect dialect;

    private final String lineage;
    private final String plans;
    private final String accounts;
    private final String account;
    private final String changes;
    private final String lockPlan;
    private final String lockAccount;
    private final String insertPlan;
    private final String insertAccount;
    private final String updatePlan;
    private final String updateAccount;
    private final String deletePlan;
    private final String lastChange;
    private final String insertChange;

    PlanRecords(OwnTransactions transactions, Dialect dialect, TableNames tables) {
        this.transactions = transactions;
        this.dialect = dialect;
        String limits = String.join(", ", LimitColumns.NAMES);
        String unknown = String.join(", ", Collections.nCopies(LimitColumns.NAMES.size(), "?"));
        String assignments = String.join(" = ?, ", LimitColumns.NAMES) + " = ?";
        String ofLineage = "tenant = ? AND account IN (?%s)".formatted(", ?".repeat(AccountId.MAX_DEPTH - 1));
        // Three parts, each by a primary key: one condition on plans, with OR, would read them all.
        lineage = """
                SELECT account, plan, %1$s FROM %3$s WHERE %5$s
                UNION ALL
                SELECT '', name, %1$s FROM %4$s WHERE name IN (?, ?)
                UNION ALL
                SELECT '', name, p.%2$s FROM %3$s l JOIN %4$s p ON p.name = l.plan WHERE %5$s
                """.formatted(
                        limits, String.join(", p.", LimitColumns.NAMES), tables.limit(), tables.plan(), ofLineage);
        plans = "SELECT name, %s FROM %s WHERE name > ? ORDER BY name LIMIT ?".formatted(limits, tables.plan());
        accounts = """
                SELECT account FROM %s WHERE plan = ? AND tenant >= ? AND (tenant, account) > (?, ?)
                ORDER BY tenant, account LIMIT ?""".formatted(tables.limit());
        account = "SELECT plan, %s FROM %s WHERE tenant = ? AND account = ?".formatted(limits, tables.limit());
        changes = """
                SELECT subject, seq, changed_at, actor, reason, old_value, new_value FROM %s
                WHERE tenant = ? AND subject = ? AND seq < ? ORDER BY seq DESC LIMIT ?""".formatted(tables.audit());
        lockPlan = "SELECT %s FROM %s WHERE name = ? FOR UPDATE".formatted(limits, tables.plan());
        lockAccount = account + " FOR UPDATE";
        insertPlan = "INSERT INTO %s (name, %s) VALUES (?, %s)%s"
                .formatted(tables.plan(), limits, unknown, dialect.onConflictDoNothing());
        insertAccount = "INSERT INTO %s (tenant, account, category_bytes) VALUES (?, ?, '')%s"
                .formatted(tables.limit(), dialect.onConflictDoNothing());
        updatePlan = "UPDATE %s SET %s WHERE name = ?".formatted(tables.plan(), assignments);
        updateAccount =
                "UPDATE %s SET plan = ?, %s WHERE tenant = ? AND account = ?".formatted(tables.limit(), assignments);
        deletePlan = "DELETE FROM %s WHERE name = ?".formatted(tables.plan());
        lastChange = "SELECT max(seq) AS last_seq FROM %s WHERE tenant = ? AND subject = ?".formatted(tables.audit());
        insertChange = """
                INSERT INTO %s (tenant, subject, seq, changed_at, actor, reason, old_value, new_value)
                VALUES (?, ?, ?, %s, ?, ?, ?, ?)""".formatted(tables.audit(), dialect.now());
    }

    /** What was given to the accounts of a lineage, and the plans that are needed to tell what they may use. */
    record Found(Map<AccountId, AccountPlan> accounts, Map<String, QuotaLimits> plans) {

        AccountPlan of(AccountId account) {
            return accounts.getOrDefault(account, AccountPlan.NONE);
        }
    }

    /** Reads in one statement what was given to accounts of one tenant, with their plans and two more. */
    Found find(List<AccountId> lineage, String plan, String otherPlan) {
        String tenant = lineage.get(0).tenant();
        List<Object> ofLineage = new ArrayList<>(List.of(tenant));
        for (int i = 0; i < AccountId.MAX_DEPTH; i++) {
            ofLineage.add(lineage.get(Math.min(i, lineage.size() - 1)).path());
        }
        List<Object> arguments = new ArrayList<>(ofLineage);
        arguments.addAll(List.of(plan, otherPlan));
        arguments.addAll(ofLineage);
        Found found = new Found(new HashMap<>(), new HashMap<>());
        transactions.snapshot("limits of " + lineage.get(lineage.size() - 1), sql -> {
            found.accounts.clear();
            found.plans.clear();
            return sql.query(this.lineage, row -> add(found, row), arguments.toArray());
        });
        return found;
    }

    private static boolean add(Found found, Row row) throws SQLException {
        String path = row.text("account");
        if (path.isEmpty()) {
            found.plans.put(row.text("plan"), LimitColumns.plan(row));
        } else {
            found.accounts.put(AccountId.of(path), accountPlan(row));
        }
        return true;
    }

    private static AccountPlan accountPlan(Row row) throws SQLException {
        return new AccountPlan(Optional.ofNullable(row.textOrNull("plan")), LimitColumns.overrides(row));
    }

    Page<QuotaPlan> plans(String after, int size) {
        Page.requireSize(size);
        return transactions.statement(
                "list of plans",
                sql -> Page.of(
                        sql.query(
                                plans, row -> new QuotaPlan(row.text("name"), LimitColumns.plan(row)), after, size + 1),
                        size));
    }

    Page<AccountId> accounts(String plan, @Nullable AccountId after, int size) {
        Page.requireSize(size);
        String tenant = after == null ? "" : after.tenant();
        String path = after == null ? "" : after.path();
        return transactions.statement(
                "list of the accounts of plan " + plan,
                sql -> Page.of(
                        sql.query(
                                accounts,
                                row -> AccountId.of(row.text("account")),
                                plan,
                                tenant,
                                tenant,
                                path,
                                size + 1),
                        size));
    }

    AccountPlan account(AccountId id) {
        return transactions
                .statement(
                        "search for the plan of " + id,
                        sql -> sql.first(account, PlanRecords::accountPlan, id.tenant(), id.path()))
                .orElse(AccountPlan.NONE);
    }

    Page<PlanChange> changesOfPlan(String plan, long beforeSeq, int size) {
        return changes(NO_TENANT, plan, beforeSeq, size);
    }

    Page<PlanChange> changesOf(AccountId account, long beforeSeq, int size) {
        return changes(account.tenant(), account.path(), beforeSeq, size);
    }

    private Page<PlanChange> changes(String tenant, String subject, long beforeSeq, int size) {
        Page.requireSize(size);
        return transactions.statement(
                "list of the changes of " + subject,
                sql -> Page.of(sql.query(changes, PlanRecords::change, tenant, subject, beforeSeq, size + 1), size));
    }

    private static PlanChange change(Row row) throws SQLException {
        return new PlanChange(
                row.text("subject"),
                row.number("seq"),
                row.time("changed_at"),
                row.text("actor"),
                row.text("reason"),
                row.text("old_value"),
                row.text("new_value"));
    }

    /** Who changes something, and why. */
    record Author(String name, String reason) {}

    /** Defines a plan, or defines it anew; answers whether that changed anything. */
    boolean define(String plan, QuotaLimits limits, Author author) {
        String to = LimitOverrides.of(limits).toString();
        return transactions.inTransaction("definition of plan " + plan, sql -> {
            List<@Nullable Object> values = LimitColumns.ofPlan(limits);
            Optional<QuotaLimits> before = lockOrInsertPlan(sql, plan, values);
            if (before.isPresent()) {
                if (before.get().equals(limits)) {
                    throw new OwnTransactions.Rollback(false);
                }
                values.add(plan);
                sql.update(updatePlan, values.toArray());
            }
            String from =
                    before.map(there -> LimitOverrides.of(there).toString()).orElse(PlanChange.NONE);
            audit(sql, NO_TENANT, plan, author, from, to);
            return true;
        });
    }

    /** Returns the plan that is locked, empty if it was inserted: then, too, nobody else can change it. */
    private Optional<QuotaLimits> lockOrInsertPlan(Sql sql, String plan, List<@Nullable Object> values)
            throws SQLException {
        List<@Nullable Object> row = new ArrayList<>(values);
        row.add(0, plan);
        while (true) {
            Optional<QuotaLimits> locked = sql.first(lockPlan, LimitColumns::plan, plan);
            if (locked.isPresent() || dialect.insertIfAbsent(sql, insertPlan, row.toArray())) {
                return locked;
            }
        }
    }

    /** Removes a plan that no account has; answers whether it was there. */
    boolean remove(String plan, Author author) {
        return transactions.inTransaction("removal of plan " + plan, sql -> {
            Optional<QuotaLimits> before = sql.first(lockPlan, LimitColumns::plan, plan);
            if (before.isEmpty()) {
                throw new OwnTransactions.Rollback(false);
            }
            Optional<AccountId> user =
                    sql.first(accounts, row -> AccountId.of(row.text("account")), plan, "", "", "", 1);
            if (user.isPresent()) {
                throw new PlanInUseException(plan, user.get());
            }
            sql.update(deletePlan, plan);
            audit(sql, NO_TENANT, plan, author, LimitOverrides.of(before.get()).toString(), PlanChange.NONE);
            return true;
        });
    }

    /** Assigns a plan, which can not be removed meanwhile: its row is locked before the account's. */
    boolean assign(AccountId id, String plan, Author author) {
        return transactions.inTransaction("assignment of plan %s to %s".formatted(plan, id), sql -> {
            if (sql.first(lockPlan, LimitColumns::plan, plan).isEmpty()) {
                throw new IllegalArgumentException("there is no plan '%s': define it first".formatted(plan));
            }
            return change(sql, id, given -> given.withPlan(Optional.of(plan)), author);
        });
    }

    /** Changes what an account was given; answers whether that changed anything. */
    boolean change(AccountId id, UnaryOperator<AccountPlan> change, Author author) {
        return transactions.inTransaction("change of the limits of " + id, sql -> change(sql, id, change, author));
    }

    private boolean change(Sql sql, AccountId id, UnaryOperator<AccountPlan> change, Author author)
            throws SQLException {
        AccountPlan before = lockOrInsertAccount(sql, id);
        AccountPlan after = change.apply(before);
        if (after.equals(before)) {
            throw new OwnTransactions.Rollback(false);
        }
        List<@Nullable Object> values = LimitColumns.of(after.overrides());
        values.add(0, after.plan().orElse(null));
        values.add(id.tenant());
        values.add(id.path());
        sql.update(updateAccount, values.toArray());
        audit(sql, id.tenant(), id.path(), author, before.toString(), after.toString());
        return true;
    }

    private AccountPlan lockOrInsertAccount(Sql sql, AccountId id) throws SQLException {
        while (true) {
            Optional<AccountPlan> locked = sql.first(lockAccount, PlanRecords::accountPlan, id.tenant(), id.path());
            if (locked.isPresent()) {
                return locked.get();
            }
            if (dialect.insertIfAbsent(sql, insertAccount, id.tenant(), id.path())) {
                return AccountPlan.NONE;
            }
        }
    }

    /** Numbers the change: the subject's row is locked, so nobody else does at the same time. */
    private void audit(Sql sql, String tenant, String subject, Author author, String from, String to)
            throws SQLException {
        long last = sql.query(lastChange, row -> row.number("last_seq"), tenant, subject)
                .get(0);
        sql.update(insertChange, tenant, subject, last + 1, author.name(), author.reason(), from, to);
    }
}
