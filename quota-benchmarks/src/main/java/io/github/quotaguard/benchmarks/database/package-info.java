/** The databases that the benchmarks run on: their servers, their settings, and how tables are filled. */
@NullMarked
package io.github.quotaguard.benchmarks.database;

import org.jspecify.annotations.NullMarked;
