package io.github.quotaguard.jdbc.cli;

/** The program was called wrongly: says what was wrong, what is allowed, and what to do. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
