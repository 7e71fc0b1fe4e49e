package io.github.quotaguard.quickstart;

/** The program was asked for something that can not be done; the message says what. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
