package io.github.quotaguard.jdbc;

import io.github.quotaguard.QuotaLimits;

/**
 * A plan as it is defined.
 *
 * @param name its name, 1 to 64 characters under the rules of {@link io.github.quotaguard.store.AccountId}
 * @param limits what it allows each account that has it
 */
public record QuotaPlan(String name, QuotaLimits limits) {}
