package io.github.quotaguard;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.LimitCheck;
import java.util.List;

/** What {@link UploadGuard#tryReserve} answers. */
public sealed interface Admission {

    /**
     * The upload fits and room is held for it.
     *
     * @param reservation the handle; close it
     */
    record Granted(Reservation reservation) implements Admission {}

    /**
     * The same upload was committed before: this is a retry of a finished one.
     *
     * @param reservation a handle whose commit of the same size replays, and whose close does nothing
     */
    record AlreadyStored(Reservation reservation) implements Admission {}

    /**
     * The upload does not fit.
     *
     * @param id which upload
     * @param violations every limit that it does not fit into, at least one
     */
    record Refused(FileVersion id, List<LimitCheck> violations) implements Admission {}

    /**
     * The id is taken by other arguments, or the file belongs to another account or category.
     *
     * @param id which upload
     * @param standing what is in the way
     */
    record Conflict(FileVersion id, Allocation standing) implements Admission {}

    /**
     * It could not be found out in time; try again.
     *
     * @param id which upload
     * @param reason what was in the way
     */
    record Busy(FileVersion id, String reason) implements Admission {}

    private static String category(Allocation allocation) {
        return allocation.category() == null ? "no category" : "category " + allocation.category();
    }

    /**
     * Returns the reservation.
     *
     * @return the handle of a granted or already stored upload
     * @throws QuotaExceededException if it was refused
     * @throws UploadConflictException if it is in conflict
     * @throws QuotaBusyException if it could not be found out
     */
    default Reservation orElseThrow() {
        if (this instanceof Granted granted) {
            return granted.reservation();
        }
        if (this instanceof AlreadyStored stored) {
            return stored.reservation();
        }
        if (this instanceof Refused refused) {
            throw new QuotaExceededException(refused.id(), refused.violations());
        }
        if (this instanceof Conflict conflict) {
            Allocation standing = conflict.standing();
            throw new UploadConflictException(
                    "%s is in conflict with %s of %s, %s, %s bytes, %s since %s: use overwrite() or another version"
                            .formatted(
                                    conflict.id(),
                                    standing.id(),
                                    standing.account(),
                                    category(standing),
                                    standing.bytes(),
                                    standing.state(),
                                    standing.since()),
                    standing);
        }
        Busy busy = (Busy) this;
        throw new QuotaBusyException("%s: %s; nothing is held, try again".formatted(busy.id(), busy.reason()));
    }
}
