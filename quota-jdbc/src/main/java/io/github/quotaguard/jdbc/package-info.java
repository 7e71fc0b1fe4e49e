/**
 * A {@link io.github.quotaguard.store.UsageStore} on H2 or PostgreSQL. Start with
 * {@link io.github.quotaguard.jdbc.JdbcUsageStore}.
 *
 * <p>Counters and allocations change in two kinds of short transaction, which the library opens and commits itself under
 * the lock of the tenant's root counter: <em>reserve</em> (and extend), and <em>settle</em>. Everything that ends
 * something is an inserted ledger entry, in a transaction of the library's own or, with
 * {@link io.github.quotaguard.jdbc.JdbcUsageStore#in}, in the caller's; settling applies it to the counters afterwards.
 * Reads add what is not settled yet, in one snapshot, so they are always exact.
 *
 * <p>The tables are described in {@code schema-h2.sql} and {@code schema-postgresql.sql} beside this package's classes.
 * Flyway and Liquibase can run them as they are.
 */
@NullMarked
package io.github.quotaguard.jdbc;

import org.jspecify.annotations.NullMarked;
