/** A {@link io.github.quotaguard.store.UsageStore} in memory: the reference implementation, for tests and caches. */
@NullMarked
package io.github.quotaguard.memory;

import org.jspecify.annotations.NullMarked;
