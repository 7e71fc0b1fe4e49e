package io.github.quotaguard.quickstart;

import io.github.quotaguard.store.AccountId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of the program, and what they stand for when they are left out. */
@Command(
        name = "quickstart",
        description = "Uploads the files of a directory against a quota, and says what became of each.",
        sortOptions = false)
final class QuickstartCommand implements Callable<Integer> {

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "what to upload (default: this repository), without names that begin with a dot and Maven's"
                    + " target directories")
    private Path dir;

    @Option(
            names = "--target",
            paramLabel = "DIR",
            description = "where to keep the bytes (default: one for each --dir under quota-jdbc/target/quickstart, or"
                    + " under the directory for temporary files)")
    private Path target;

    @Option(names = "--database", paramLabel = "FILE", description = "the database (default: beside --target)")
    private Path database;

    @Option(
            names = "--quota",
            paramLabel = "BYTES",
            converter = ByteSize.class,
            description = "how much of --dir may be stored (default: two thirds)")
    private Long quota;

    @Option(
            names = "--account",
            paramLabel = "ID",
            defaultValue = "testuser2",
            description = "who uploads one image (default: ${DEFAULT-VALUE})")
    private String account;

    @Option(
            names = "--limit",
            paramLabel = "BYTES",
            defaultValue = "10485760",
            converter = ByteSize.class,
            description = "how much --account may store (default: ${DEFAULT-VALUE})")
    private long limit;

    @Option(
            names = "--bytes",
            paramLabel = "BYTES",
            defaultValue = "438407",
            converter = ByteSize.class,
            description = "how large the image is (default: ${DEFAULT-VALUE})")
    private long bytes;

    @Option(
            names = "--ttl",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            converter = TimeToLive.class,
            description = "how long room is held for the handler that dies (default: ${DEFAULT-VALUE})")
    private Duration ttl;

    @Option(names = "--help", usageHelp = true, description = "print this")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    private final Report report;

    QuickstartCommand(Report report) {
        this.report = report;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = settings();
        List<IncomingFile> files = SourceFiles.of(settings);
        try (Walkthrough walkthrough = new Walkthrough(settings, report)) {
            walkthrough.uploadDirectory(files);
            walkthrough.uploadImage();
            walkthrough.dieWhileUploading();
            walkthrough.compareTheBooks();
        }
        return CommandLine.ExitCode.OK;
    }

    private Settings settings() throws IOException {
        Path source = existing(dir == null ? repository() : dir);
        Path kept =
                target == null ? defaultTarget(source) : target.toAbsolutePath().normalize();
        if (kept.getFileName() == null || source.startsWith(kept)) {
            throw new UsageException("--target %s holds --dir %s: choose another".formatted(kept, source));
        }
        Path records = database == null
                ? kept.resolveSibling(kept.getFileName() + "-quota")
                : database.toAbsolutePath().normalize();
        if (records.startsWith(kept) || records.toString().contains(";")) {
            throw new UsageException(
                    "--database %s is below --target or has a ';' in its name: choose another".formatted(records));
        }
        return new Settings(source, kept, records, quota, image(), limit, bytes, ttl);
    }

    private AccountId image() {
        try {
            AccountId id = AccountId.of(account);
            if (id.tenant().equals(Settings.UPLOADS.tenant())) {
                throw new UsageException("--account %s: '%s' is the tenant of the directory's files, choose another"
                        .formatted(account, id.tenant()));
            }
            return id;
        } catch (IllegalArgumentException e) {
            throw new UsageException("--account: " + e.getMessage());
        }
    }

    private static Path existing(Path dir) throws IOException {
        if (!Files.exists(dir)) {
            throw new UsageException("--dir %s: no such directory".formatted(dir));
        }
        if (!Files.isDirectory(dir)) {
            throw new UsageException("--dir %s is not a directory".formatted(dir));
        }
        return dir.toRealPath();
    }

    private static Path repository() {
        Path root = findRepository();
        if (root == null) {
            throw new UsageException("--dir is needed: this is not run within the repository");
        }
        return root;
    }

    private static Path defaultTarget(Path source) {
        Path root = findRepository();
        Path base = root == null
                ? Path.of(System.getProperty("java.io.tmpdir"), "quotaguard-quickstart")
                : root.resolve("quota-jdbc/target/quickstart");
        String name =
                source.getFileName() == null ? "root" : source.getFileName().toString();
        String hash = HexFormat.of().toHexDigits(source.toString().hashCode());
        return base.resolve(name + "-" + hash).toAbsolutePath().normalize();
    }

    /** Returns the nearest directory, from the working directory upwards, that is this repository; null if none is. */
    private static Path findRepository() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("quota-core/pom.xml")) && Files.exists(at.resolve("quota-jdbc/pom.xml"))) {
                return at;
            }
        }
        return null;
    }

    /** Reads a number of bytes. */
    static final class ByteSize implements ITypeConverter<Long> {

        @Override
        public Long convert(String value) {
            try {
                if (value.matches("[0-9]+")) {
                    return Long.valueOf(value);
                }
            } catch (NumberFormatException e) {
                throw new TypeConversionException("%s is more than %d bytes".formatted(value, Long.MAX_VALUE));
            }
            throw new TypeConversionException("'%s' is not a number of bytes, such as 10485760".formatted(value));
        }
    }

    /** Reads a number of milliseconds. */
    static final class TimeToLive implements ITypeConverter<Duration> {

        @Override
        public Duration convert(String value) {
            if (value.matches("[1-9][0-9]{0,3}")) {
                return Duration.ofMillis(Long.parseLong(value));
            }
            throw new TypeConversionException("'%s' is not a number of milliseconds from 1 to 9999".formatted(value));
        }
    }
}
