/** Benchmarks; each says how to run it and what it does not measure. */
@NullMarked
package io.github.quotaguard.benchmarks;

import org.jspecify.annotations.NullMarked;
