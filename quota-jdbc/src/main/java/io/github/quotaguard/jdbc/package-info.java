/**
 * A {@link io.github.quotaguard.store.UsageStore} on H2, MariaDB, MySQL or PostgreSQL. Start with
 * {@link io.github.quotaguard.jdbc.JdbcUsageStore}.
 *
 * <p>Counters and allocations change in two kinds of short transaction, which the library opens and commits itself under
 * the lock of the tenant's root counter: <em>reserve</em> (and extend), and <em>settle</em>. Everything that ends
 * something is an inserted ledger entry, in a transaction of the library's own or, with
 * {@link io.github.quotaguard.jdbc.JdbcUsageStore#in}, in the caller's; settling applies it to the counters afterwards.
 * Reads add what is not settled yet, in one snapshot, so they are always exact.
 *
 * <h2>Whose transaction</h2>
 *
 * <p>Reserve, extend, release, sweep and every read work in transactions of the library's own, on connections of its own,
 * whatever transaction the calling thread is in: what they did stays done if that is rolled back. A commit and a delete
 * go where the table says. It holds for {@link io.github.quotaguard.jdbc.CallerConnection}, for
 * {@link io.github.quotaguard.jdbc.JtaTransactions} and for Spring's transactions alike.
 *
 * <table>
 * <caption>Commit and delete by the transaction around them</caption>
 * <thead><tr><th>Around the call</th><th>The call works</th><th>It takes effect</th><th>If that is rolled back</th></tr></thead>
 * <tbody>
 * <tr><td>No transaction</td><td>in one of the library's own</td><td>when it returns</td><td>–</td></tr>
 * <tr><td>A connection handed over, auto-commit off</td><td>on that connection</td><td>with the caller's commit</td>
 *   <td>released when the handle is closed, or at its deadline</td></tr>
 * <tr><td>A connection handed over, auto-commit on</td><td>in one of the library's own</td><td>when it returns</td>
 *   <td>–</td></tr>
 * <tr><td>JTA or Spring, begun by whoever</td><td>in it</td><td>with its commit</td><td>released at once</td></tr>
 * <tr><td>Spring, savepoint (NESTED)</td><td>in it</td><td>with the commit of the whole</td>
 *   <td>of the savepoint: undone, may be committed again; released once the whole has ended</td></tr>
 * <tr><td>A transaction inside another (REQUIRES_NEW)</td><td>in the inner one</td><td>with its commit</td>
 *   <td>of the outer one: stays</td></tr>
 * <tr><td>Suspended (NOT_SUPPORTED)</td><td>in one of the library's own</td><td>when it returns</td>
 *   <td>of the suspended one: stays</td></tr>
 * <tr><td>Spring, marked for rollback</td><td>in it</td><td>never</td><td>released at once</td></tr>
 * <tr><td>JTA, marked for rollback, timed out or rolled back</td><td>not: an exception, not retryable</td><td>never</td>
 *   <td>released when the handle is closed</td></tr>
 * <tr><td>Spring, read-only</td><td>not: an exception, not retryable</td><td>never</td>
 *   <td>released when the handle is closed</td></tr>
 * <tr><td>Callback before the commit</td><td>in it</td><td>with its commit</td><td>released at once</td></tr>
 * <tr><td>Callback after the commit</td><td>in one of the library's own</td><td>when it returns</td><td>–</td></tr>
 * <tr><td>Another thread than the transaction's</td><td>in one of the library's own</td><td>when it returns</td>
 *   <td>stays</td></tr>
 * <tr><td>A transaction of another database</td><td>in one of the library's own</td><td>when it returns</td>
 *   <td>stays</td></tr>
 * </tbody>
 * </table>
 *
 * <p><em>Released at once</em> means by one of the store's threads, as a rule within a moment of the end of the
 * transaction, under load later, at the latest at its deadline; a handle that is
 * to be used in another attempt has to be reserved again then. Nothing is tried again in a transaction of the caller's:
 * an exception there means to roll it back, and one that is retryable, that the whole may be run again.
 *
 * <p>What is ended in one transaction, and then in another before the first has ended, has to wait for it, at most as
 * long as the {@linkplain io.github.quotaguard.jdbc.JdbcUsageStore.Builder#lockTimeout lock time-out}; in a caller's
 * transaction on H2 or MySQL, as long as that of its session. Then the call fails, retryable. So it does where the first
 * is the suspended transaction of the same thread, around one that is REQUIRES_NEW or NOT_SUPPORTED: there to try again
 * is of no use before the outer one has ended.
 *
 * <p>MariaDB and MySQL behave otherwise in a transaction of the caller's. They read nothing of a snapshot at
 * SERIALIZABLE, but lock what they read, and the gaps around it, until the transaction ends: after a delete or a
 * replacement there, others that upload files whose ids are close are told to try again later; not after a commit. And
 * with MariaDB's snapshot isolation, to end what another transaction has ended since the snapshot, or is about to end,
 * fails at once, retryable.
 *
 * <p>Plans and limits of accounts are read by {@link io.github.quotaguard.jdbc.JdbcQuotaPolicy} and changed by
 * {@link io.github.quotaguard.jdbc.QuotaPlans}, in tables of their own and never in a transaction of the caller's.
 *
 * <p>A repair corrects records in transactions of the third kind: under the root's lock, a life is looked at, ended and
 * begun by entries of its own, which are settled at once. {@link io.github.quotaguard.jdbc.SqlInventory} tells it which
 * files there are, by queries of the application's.
 *
 * <p>The tables are described in {@code schema-h2.sql}, {@code schema-mariadb.sql}, {@code schema-mysql.sql} and
 * {@code schema-postgresql.sql} beside this package's classes. Flyway and Liquibase can run them as they are.
 */
@NullMarked
package io.github.quotaguard.jdbc;

import org.jspecify.annotations.NullMarked;
