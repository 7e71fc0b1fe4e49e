/** What is compared: Quotaguard, Bucket4j, and what a good developer would write by hand. */
@NullMarked
package io.github.quotaguard.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
