package io.github.quotaguard.jdbc.cli;

/** What the program ends with. */
final class ExitCode {

    /** All is consistent, or done. */
    static final int DONE = 0;

    /** Records and files differ, or records among each other, and still do. */
    static final int DRIFT = 1;

    /** The program was called wrongly. */
    static final int USAGE = 2;

    /** Something failed. */
    static final int FAILURE = 3;

    private ExitCode() {}
}
