package io.github.quotaguard.proof;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own with the class path of the tests, which can be killed at any moment and never outlives this one. */
final class JvmProcess implements AutoCloseable {

    /** What a process ends with that dies by itself, as if it had been killed. */
    static final int HALTED = 137;

    private static final long MOST_SECONDS_TO_END = 3_600;

    private final Process process;
    private final Path log;

    private JvmProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static JvmProcess start(Path log, Class<?> main, List<String> jvmArguments, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-Xshare:auto"));
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
        command.addAll(jvmArguments);
        // Surefire's own class path is a jar that only names the others.
        String own = System.getProperty("java.class.path");
        command.addAll(List.of("-cp", System.getProperty("surefire.test.class.path", own), main.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        // If this JVM ends by a signal, so do those it has started.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new JvmProcess(process, log);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Tells it to end by the end of its input, and waits until it has. */
    void stop() throws IOException, InterruptedException {
        try (OutputStream input = process.getOutputStream()) {
            input.flush();
        }
        await();
    }

    /** Waits until it ends by itself; throws with what it said if that was not in order. */
    void await() throws InterruptedException {
        await(0);
    }

    void await(int exitValue) throws InterruptedException {
        if (!process.waitFor(MOST_SECONDS_TO_END, TimeUnit.SECONDS)) {
            throw new AssertionError("does not end: " + log);
        }
        if (process.exitValue() != exitValue) {
            throw new AssertionError("ended with " + process.exitValue() + ": " + said());
        }
    }

    String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
