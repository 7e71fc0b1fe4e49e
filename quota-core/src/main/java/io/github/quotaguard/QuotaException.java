package io.github.quotaguard;

/** What Quotaguard says about an upload when it can not go on. */
public abstract sealed class QuotaException extends RuntimeException
        permits QuotaExceededException, QuotaBusyException, UploadConflictException, ReservationEndedException {

    private static final long serialVersionUID = 1L;

    QuotaException(String message) {
        super(message);
    }
}
