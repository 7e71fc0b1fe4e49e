package io.github.quotaguard;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReleaseResult;
import java.util.function.Supplier;

/**
 * Goes around every call of an {@link UploadGuard} and its reservations, to measure and trace them. Each method has to
 * run the call once, in the same thread, and to return or throw what that did; unless overridden it does only that.
 * Thread-safe. What it does itself is part of every upload.
 *
 * <p>Two things it does not see: what an uncharged reservation does after it was admitted, which reaches no store; and
 * what the store does on its own, such as to expire a reservation, or to release one that was closed in a transaction
 * that rolled back after it.
 */
public interface UploadInterceptor {

    /**
     * A reserve as its caller feels it: with the policy, and with what it waited for others of its tenant.
     *
     * @param upload what is asked for
     * @param call the reserve
     * @return what the call returned
     */
    default Admission reserve(AllocationSpec upload, Supplier<Admission> call) {
        return call.get();
    }

    /**
     * An extension or a renewal; also the one that a commit of more than was held begins with.
     *
     * @param reservation the handle
     * @param bytes the size asked for, 0 to renew
     * @param call the extension
     * @return what the call returned
     */
    default ExtendResult extend(Allocation reservation, long bytes, Supplier<ExtendResult> call) {
        return call.get();
    }

    /**
     * A commit. In a transaction of the caller's it has written its entry when it returns, and may yet be rolled back.
     *
     * @param reservation the handle
     * @param bytes the size stored
     * @param call the commit
     * @return what the call returned
     */
    default CommitResult commit(Allocation reservation, long bytes, Supplier<CommitResult> call) {
        return call.get();
    }

    /**
     * A release, also that of a handle that is closed without an end.
     *
     * @param reservation the handle
     * @param call the release
     * @return what the call returned
     */
    default ReleaseResult release(Allocation reservation, Supplier<ReleaseResult> call) {
        return call.get();
    }

    /**
     * A delete. In a transaction of the caller's it may yet be rolled back.
     *
     * @param command the file
     * @param call the delete
     * @return what the call returned
     */
    default DeleteResult delete(DeleteCommand command, Supplier<DeleteResult> call) {
        return call.get();
    }

    /**
     * Uploads are sent to the store together, by a guard that {@linkplain UploadGuard.Builder#coalesceReserves coalesces}
     * them.
     *
     * @param uploads how many, 1 for one that met no other
     */
    default void sent(int uploads) {}
}
