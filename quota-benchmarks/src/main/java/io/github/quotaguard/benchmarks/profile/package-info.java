/** What JMH does not measure by itself. */
@NullMarked
package io.github.quotaguard.benchmarks.profile;

import org.jspecify.annotations.NullMarked;
