/**
 * Compares what an application really holds with what is recorded, object by object, and repairs the records. Start with
 * {@link io.github.quotaguard.reconcile.Reconciler}; tell it of the files with a
 * {@link io.github.quotaguard.reconcile.FileInventory}.
 *
 * <p>Nothing is merged by order, since databases and Java sort texts differently, and nothing is kept in memory but a
 * batch: an account may have millions of files. Uploads and deletes go on meanwhile.
 */
@NullMarked
package io.github.quotaguard.reconcile;

import org.jspecify.annotations.NullMarked;
