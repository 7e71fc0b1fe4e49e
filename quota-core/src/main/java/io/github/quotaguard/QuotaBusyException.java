package io.github.quotaguard;

/**
 * Whether an upload fits could not be found out in time, because too much was happening to the account at once. It has
 * not been refused and nothing is held: try again.
 */
public final class QuotaBusyException extends QuotaException {

    private static final long serialVersionUID = 1L;

    QuotaBusyException(String message) {
        super(message);
    }
}
