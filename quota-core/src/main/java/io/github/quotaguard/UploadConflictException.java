package io.github.quotaguard;

import io.github.quotaguard.store.Allocation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call contradicts what is recorded under its id: the id was reserved or stored with other arguments, a commit names
 * another size than an earlier one, or a stored file was to be released. Nothing was changed. To store other contents
 * under the same file id, use {@link Upload#overwrite()} or another version.
 */
public final class UploadConflictException extends QuotaException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Allocation standing;

    UploadConflictException(String message, Allocation standing) {
        super(message);
        this.standing = standing;
    }

    /**
     * Returns what is recorded.
     *
     * @return the allocation in the way, empty after serialization
     */
    public Optional<Allocation> standing() {
        return Optional.ofNullable(standing);
    }
}
