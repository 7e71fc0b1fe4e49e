/**
 * The {@link io.github.quotaguard.store.UsageStore} SPI with its commands and results, the vocabulary they share, and
 * the rules that every store follows as one pure piece, {@link io.github.quotaguard.store.TenantState}.
 *
 * <p>A store decides; nothing else does. Limits come in with each command, so a store knows no plans, and a refusal is
 * a value, so an exception always means that the store itself is in trouble. To write a store whose storage can
 * replace the state of one tenant atomically, extend {@link io.github.quotaguard.store.TenantStateStore}; to write any
 * other, implement {@link io.github.quotaguard.store.UsageStore} and run the contract kit of the {@code tests} jar.
 *
 * <pre>
 *               COMMIT                     DELETE
 *   RESERVED ───────────▶ COMMITTED ───────────────────▶ DELETED
 *      ├─ RELEASE ──────▶ RELEASED
 *      └─ EXPIRE ───────▶ EXPIRED
 * </pre>
 */
@NullMarked
package io.github.quotaguard.store;

import org.jspecify.annotations.NullMarked;
