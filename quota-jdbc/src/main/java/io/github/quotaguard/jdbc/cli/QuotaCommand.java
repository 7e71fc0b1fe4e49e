package io.github.quotaguard.jdbc.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that all commands have. */
@Command(
        name = "quota",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = QuotaCommand.Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true,
        description = "Looks after the storage quotas that Quotaguard keeps in a database.",
        footer = {
            "",
            "Exit codes: 0 consistent or done, 1 drift, 2 called wrongly, 3 failed.",
            "The password comes from QUOTA_PASSWORD, --password-file or --ask-password; it is no argument, since others"
                    + " on the machine can read those."
        })
final class QuotaCommand {

    @Option(
            names = "--url",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "JDBC URL of the database: H2, PostgreSQL or MariaDB (default: QUOTA_URL)."
                    + " Example: --url jdbc:postgresql://db/app")
    private @Nullable String url;

    @Option(
            names = "--user",
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "user of the database (default: QUOTA_USER). Example: --user quota")
    private @Nullable String user;

    @Option(
            names = "--password-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "file whose first line is the password (default: QUOTA_PASSWORD)."
                    + " Example: --password-file /run/secrets/quota")
    private @Nullable Path passwordFile;

    @Option(
            names = "--ask-password",
            scope = ScopeType.INHERIT,
            description = "asks for the password; needs a terminal. Example: --ask-password")
    private boolean isPasswordAsked;

    @Option(
            names = "--schema",
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "schema of the tables (default: that of the connection). Example: --schema billing")
    private @Nullable String schema;

    @Option(
            names = "--table-prefix",
            scope = ScopeType.INHERIT,
            paramLabel = "PREFIX",
            description =
                    "what the names of the tables begin with (default: quota_). Example: --table-prefix app_quota_")
    private @Nullable String tablePrefix;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "prints one JSON document, all sizes in bytes. Example: quota diagnose acme --json")
    private boolean isJson;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "prints where a failure came from. Example: quota verify --stacktrace")
    private boolean isTraced;

    private final Terminal terminal;
    private final Secrets secrets;

    QuotaCommand(Terminal terminal, Secrets secrets) {
        this.terminal = terminal;
        this.secrets = secrets;
    }

    Terminal terminal() {
        return terminal;
    }

    boolean isTraced() {
        return isTraced;
    }

    /** Says on one line what failed, without secrets. */
    String describe(Throwable failure) {
        return mask(Failures.describe(failure)).replaceAll("\\s+", " ").strip();
    }

    String mask(String text) {
        return secrets.mask(text);
    }

    boolean isJson() {
        return isJson;
    }

    /** Answers with a document. */
    void print(Document document) {
        if (isJson) {
            terminal.out().println(document.json());
        } else {
            PlainText.of(document, terminal.width(), terminal.isColoured()).forEach(terminal.out()::println);
        }
        terminal.out().flush();
    }

    /** Opens the database, which has to have the tables. */
    Database open() {
        return new Database(settings(), Database.Tables.EXPECTED);
    }

    Database.Settings settings() {
        String at = given(url, "QUOTA_URL");
        if (at == null) {
            throw new UsageException(
                    "which database? Name it with --url or QUOTA_URL, such as jdbc:postgresql://db/app");
        }
        secrets.addThoseOf(at);
        return new Database.Settings(at, given(user, "QUOTA_USER"), password(), schema, tablePrefix);
    }

    private @Nullable String given(@Nullable String option, String variable) {
        return option == null ? terminal.environment().get(variable) : option;
    }

    private @Nullable String password() {
        String password = terminal.environment().get("QUOTA_PASSWORD");
        if (isPasswordAsked) {
            if (terminal.prompt() == null) {
                throw new UsageException(
                        "--ask-password needs a terminal, and there is none: set QUOTA_PASSWORD, or use --password-file");
            }
            password = new String(Objects.requireNonNullElse(terminal.prompt().apply("Password: "), new char[0]));
        } else if (passwordFile != null) {
            password = firstLine(passwordFile);
        }
        if (password != null) {
            secrets.add(password);
        }
        return password;
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new UsageException("--password-file %s can not be read (%s): name a text file that holds the password"
                    .formatted(file, e.getClass().getSimpleName()));
        }
    }

    /** Tells the version from the manifest of the jar. */
    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = QuotaCommand.class.getPackage().getImplementationVersion();
            return new String[] {"quota " + (version == null ? "(not packed)" : version)};
        }
    }
}
