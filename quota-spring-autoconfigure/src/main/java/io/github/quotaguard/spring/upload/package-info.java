/**
 * Uploads guarded by an annotation: {@link io.github.quotaguard.spring.upload.GuardedUpload} on a method,
 * {@link io.github.quotaguard.spring.upload.CurrentReservation} within it.
 */
@NullMarked
package io.github.quotaguard.spring.upload;

import org.jspecify.annotations.NullMarked;
