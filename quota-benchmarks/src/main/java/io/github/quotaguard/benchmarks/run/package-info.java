/** Runs the benchmarks: what is measured, how often, in which order. */
@NullMarked
package io.github.quotaguard.benchmarks.run;

import org.jspecify.annotations.NullMarked;
