package io.github.quotaguard.quickstart;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.util.Objects;
import picocli.CommandLine;

/**
 * Uploads the files of a directory against a quota, with the H2 store in a file. {@link Walkthrough} is what to read,
 * and {@link UploadHandler} is what an application would look like.
 */
public final class Quickstart {

    private Quickstart() {}

    /**
     * Runs the program; it ends with exit code 0, 1 if something failed, 2 if it was used wrongly.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        // Pool and store speak up only when something is wrong.
        if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        }
        int exitCode = run(
                new PrintWriter(System.out, true, Charset.defaultCharset()),
                new PrintWriter(System.err, true, Charset.defaultCharset()),
                args);
        if (exitCode != CommandLine.ExitCode.OK) {
            System.exit(exitCode);
        }
    }

    /** Runs the program without ending the JVM, and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        int exitCode = new CommandLine(new QuickstartCommand(new Report(out)))
                .setOut(out)
                .setErr(err)
                .setUsageHelpWidth(Report.WIDTH)
                .setParameterExceptionHandler((e, arguments) -> fail(err, e.getMessage(), CommandLine.ExitCode.USAGE))
                .setExecutionExceptionHandler((e, line, parsed) -> e instanceof UsageException
                        ? fail(err, e.getMessage(), CommandLine.ExitCode.USAGE)
                        : fail(err, describe(e), CommandLine.ExitCode.SOFTWARE))
                .execute(args);
        out.flush();
        return exitCode;
    }

    /** Says on one line what was wrong. */
    private static int fail(PrintWriter err, String message, int exitCode) {
        err.println("quickstart: " + message.replaceAll("\\s+", " "));
        err.flush();
        return exitCode;
    }

    /** Returns what an exception says; of files, Java's own often say no more than the name. */
    static String describe(Exception e) {
        if (e instanceof FileSystemException file) {
            String reason = Objects.requireNonNullElse(
                    file.getReason(), file.getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])|Exception", " "));
            return "%s: %s".formatted(file.getFile(), reason.strip());
        }
        return Objects.requireNonNullElse(e.getMessage(), e.toString());
    }
}
