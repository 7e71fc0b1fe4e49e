package io.github.quotaguard.jdbc.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The program: {@code java -jar quota-cli.jar --help} says what it does. */
public final class Main {

    /** Kept, since a logger that nobody holds forgets its level. */
    private static final Logger DRIVER_LOG = Logger.getLogger("org.postgresql");

    private static final String LOGGING = "org.slf4j.simpleLogger.";

    private final Terminal terminal;
    private final Secrets secrets = new Secrets();
    private final QuotaCommand quota;
    private final CommandLine line;

    private Main(Terminal terminal) {
        this.terminal = terminal;
        this.quota = new QuotaCommand(terminal, secrets);
        this.line = line(quota)
                .registerConverter(Duration.class, new DurationConverter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.isColoured() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler((e, arguments) ->
                        fail(e, ExitCode.USAGE, "; try: quota %s--help".formatted(path(e.getCommandLine()))))
                .setExecutionExceptionHandler((e, command, parsed) -> fail(e));
    }

    /**
     * Runs the program and ends the process: with 0 if all is consistent or done, 1 if there is drift, 2 if it was called
     * wrongly, 3 if something failed.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        silence();
        Cancellation cancellation = Cancellation.bySignal();
        int exitCode = run(Terminal.ofSystem(cancellation), args);
        cancellation.finished();
        System.exit(exitCode);
    }

    /** Whatever a log would say of a failure, the program says itself, without secrets. */
    private static void silence() {
        DRIVER_LOG.setLevel(Level.OFF);
        Map.of("defaultLogLevel", "error", "log.com.zaxxer.hikari", "off", "log.org.mariadb", "off")
                .forEach((name, level) -> {
                    if (System.getProperty(LOGGING + name) == null) {
                        System.setProperty(LOGGING + name, level);
                    }
                });
    }

    /** Returns the commands. */
    static CommandLine line(QuotaCommand quota) {
        return new CommandLine(quota)
                .addSubcommand("diagnose", new DiagnoseCommand(quota))
                .addSubcommand("repair", new RepairCommand(quota))
                .addSubcommand("verify", new VerifyCommand(quota))
                .addSubcommand("quota", new UsageCommand(quota))
                .addSubcommand("ledger", new LedgerCommand(quota))
                .addSubcommand("history", new HistoryCommand(quota))
                .addSubcommand("cleanup", new CleanupCommand(quota))
                .addSubcommand("plan", new PlanCommand(quota))
                .addSubcommand("schema", new SchemaCommand(quota));
    }

    /** Runs the program without ending the process, and returns its exit code. */
    static int run(Terminal terminal, String... args) {
        return new Main(terminal).run(args);
    }

    private int run(String... args) {
        // The parser would repeat what follows, and take it for something else.
        if (Arrays.stream(args).anyMatch(arg -> arg.equals("--password") || arg.startsWith("--password="))) {
            return fail(
                    new UsageException("a password is no argument, since others can read those: set QUOTA_PASSWORD, or"
                            + " use --password-file or --ask-password"));
        }
        Arrays.stream(args).forEach(arg -> secrets.addThoseOf(arg.startsWith("--url=") ? arg.substring(6) : arg));
        try {
            return line.execute(args);
        } finally {
            terminal.out().flush();
        }
    }

    private static String path(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName(" ");
        return name.equals("quota") ? "" : name.substring("quota ".length()) + " ";
    }

    private int fail(Throwable failure) {
        boolean isUse = failure instanceof UsageException || failure instanceof IllegalArgumentException;
        return fail(failure, isUse ? ExitCode.USAGE : ExitCode.FAILURE, "");
    }

    private int fail(Throwable failure, int exitCode, String advice) {
        terminal.err().println("quota: " + quota.describe(failure) + advice);
        if (quota.isTraced()) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            terminal.err().print(quota.mask(trace.toString()));
        }
        terminal.err().flush();
        return exitCode;
    }
}
