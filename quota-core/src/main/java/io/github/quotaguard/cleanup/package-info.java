/**
 * Cleans up temporary files whose time has passed: {@link io.github.quotaguard.cleanup.TemporaryFiles}. A file is
 * temporary if it was uploaded with a {@code retainUntil}.
 */
@NullMarked
package io.github.quotaguard.cleanup;

import org.jspecify.annotations.NullMarked;
