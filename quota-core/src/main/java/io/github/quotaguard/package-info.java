/**
 * What an application calls. Start with {@link io.github.quotaguard.UploadGuard}: it reserves room before an upload's
 * bytes are kept, and charges them when they are stored. {@link io.github.quotaguard.QuotaService} answers what is
 * used and what is left; {@link io.github.quotaguard.QuotaPolicy} says how much an account may use.
 *
 * <p>Uploads of one tenant that arrive at the same time are reserved together where the store gains from that; see
 * {@link io.github.quotaguard.UploadGuard.Builder#coalesceReserves}.
 */
@NullMarked
package io.github.quotaguard;

import org.jspecify.annotations.NullMarked;
