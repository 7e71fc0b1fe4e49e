package io.github.quotaguard.quickstart;

/** How many files there are, and how many bytes they have together. */
record Tally(long files, long bytes) {}
