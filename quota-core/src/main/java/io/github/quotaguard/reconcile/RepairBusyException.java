package io.github.quotaguard.reconcile;

/** The records of a tenant are being repaired by somebody else. Nothing is lost: try again later. */
public final class RepairBusyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RepairBusyException(String message) {
        super(message);
    }
}
