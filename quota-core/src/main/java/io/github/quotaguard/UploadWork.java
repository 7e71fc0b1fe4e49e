package io.github.quotaguard;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes of an upload while room is reserved for them.
 *
 * @param <T> what it returns, such as the URL of the file
 * @param <X> what it throws
 */
@FunctionalInterface
public interface UploadWork<T extends @Nullable Object, X extends Exception> {

    /**
     * Keeps the bytes.
     *
     * @param reservation the handle, to commit another size than the declared one, or to commit in a transaction
     * @return what the guard's caller gets
     * @throws X if they could not be kept; the reservation is released then
     */
    T save(Reservation reservation) throws X;
}
