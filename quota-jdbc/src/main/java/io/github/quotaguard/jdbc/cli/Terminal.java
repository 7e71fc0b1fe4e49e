package io.github.quotaguard.jdbc.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * Where the program was started.
 *
 * @param out what takes the answer
 * @param err what takes errors
 * @param environment the variables
 * @param width the most characters of a line; empty if nobody looks at lines
 * @param isColoured whether to write in colours
 * @param progress what takes a progress bar, or null if nobody looks
 * @param prompt asks for a text without showing it, or null if there is nobody to ask
 * @param cancelled says when to stop
 */
record Terminal(
        PrintWriter out,
        PrintWriter err,
        Map<String, String> environment,
        OptionalInt width,
        boolean isColoured,
        @Nullable PrintStream progress,
        @Nullable Function<String, char[]> prompt,
        BooleanSupplier cancelled) {

    static Terminal ofSystem(BooleanSupplier cancelled) {
        Map<String, String> environment = System.getenv();
        boolean isShown = isTerminal(1);
        return new Terminal(
                new PrintWriter(System.out, false, Charset.defaultCharset()),
                new PrintWriter(System.err, true, Charset.defaultCharset()),
                environment,
                isShown ? OptionalInt.of(width(environment)) : OptionalInt.empty(),
                isShown && isColoured(environment),
                isTerminal(2) ? System.err : null,
                isTerminal(0) && isShown
                        ? text -> Objects.requireNonNull(System.console()).readPassword("%s", text)
                        : null,
                cancelled);
    }

    /** Java tells of standard input and output together alone, so the descriptor is asked where that is possible. */
    private static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd/" + descriptor);
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return CommandLine.Help.Ansi.AUTO.enabled();
        }
    }

    /** Says whether a terminal is to be coloured: not if NO_COLOR is set to anything, nor if it can not show colours. */
    static boolean isColoured(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(environment.get("TERM"));
    }

    private static int width(Map<String, String> environment) {
        String columns = environment.getOrDefault("COLUMNS", "");
        return columns.matches("[1-9][0-9]{0,4}")
                ? Integer.parseInt(columns)
                : new CommandLine(CommandLine.Model.CommandSpec.create())
                        .setUsageHelpAutoWidth(true)
                        .getUsageHelpWidth();
    }
}
