package io.github.quotaguard.sample;

import java.time.Instant;

/** The row of a stored file. */
record Attachment(String id, String organization, String name, String category, long size, Instant createdAt) {}
