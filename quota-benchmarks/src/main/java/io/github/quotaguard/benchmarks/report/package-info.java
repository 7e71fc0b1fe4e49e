/** Turns what was measured into a page with tables and charts. */
@NullMarked
package io.github.quotaguard.benchmarks.report;

import org.jspecify.annotations.NullMarked;
