/**
 * The contract kit: what every {@link io.github.quotaguard.store.UsageStore} has to do, as tests that a store's author
 * inherits. Implement {@link io.github.quotaguard.contract.UsageStoreContract} in a test class, supply the store and
 * its clock, and run it. It needs JUnit and AssertJ.
 *
 * <p>There is an interface for each concern: reservation, settlement, repeated calls and
 * the states that they find, deadlines and retention, limits and the accounts above, files and versions, tenants, ids,
 * sizes, pages, durability, and calls that meet. A test says by {@link io.github.quotaguard.contract.Checks} for which
 * {@link io.github.quotaguard.contract.Rule} it stands. What a store may lack is a
 * {@link io.github.quotaguard.contract.Capability}.
 *
 * <p>The tests never look at the application's clock and never sleep. Each uses tenants of its own, so one store may
 * serve all of them, one test at a time.
 */
@NullMarked
package io.github.quotaguard.contract;

import org.jspecify.annotations.NullMarked;
