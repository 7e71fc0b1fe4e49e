package io.github.quotaguard.proof;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.h2.tools.Server;

/** A database server as a process of its own, durable by its settings, which comes back on the same files and port. */
abstract class KillableServer implements AutoCloseable {

    final Path directory;
    final int port;

    private KillableServer(Path directory) throws IOException {
        this.directory = directory;
        try (ServerSocket free = new ServerSocket(0)) {
            this.port = free.getLocalPort();
        }
    }

    static KillableServer of(TestDatabase database, Path directory) throws IOException {
        KillableServer server = switch (database) {
            case H2 -> new H2(directory);
            case POSTGRESQL -> new Postgres(directory);
            default -> new MariaDb(directory);
        };
        server.start();
        return server;
    }

    abstract String url();

    /** Starts it, and waits until it answers. */
    abstract void start() throws IOException;

    /** Ends it as {@code kill -9} does, and waits until nothing of it is left but its files. */
    abstract void kill() throws InterruptedException;

    @Override
    public abstract void close();

    private static void awaitAnswer(String url) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> answers(url));
    }

    private static boolean answers(String url) {
        try (Connection connection = DriverManager.getConnection(url)) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    /** H2 in a JVM; each commit is written at once. */
    private static final class H2 extends KillableServer {

        private JvmProcess process;

        H2(Path directory) throws IOException {
            super(directory);
            process = launch();
        }

        private JvmProcess launch() throws IOException {
            return JvmProcess.start(
                    directory.resolve("h2.log"),
                    Server.class,
                    List.of(),
                    List.of(
                            "-tcp",
                            "-tcpPort",
                            Integer.toString(port),
                            "-ifNotExists",
                            "-baseDir",
                            directory.toString()));
        }

        @Override
        String url() {
            return "jdbc:h2:tcp://localhost:" + port + "/./quota;WRITE_DELAY=0";
        }

        @Override
        void start() throws IOException {
            if (!process.isAlive()) {
                process = launch();
            }
            awaitAnswer(url() + ";USER=SA");
        }

        @Override
        void kill() throws InterruptedException {
            process.kill();
        }

        @Override
        public void close() {
            process.close();
        }
    }

    /** A server that is a program of its own, run by a command. */
    private abstract static class Program extends KillableServer {

        private final List<String> command;
        Process process;

        Program(Path directory) throws IOException {
            super(directory);
            command = command();
            process = launch();
        }

        /** Lays out the files of an empty server, and returns the command that runs it on them. */
        abstract List<String> command() throws IOException;

        private Process launch() throws IOException {
            Process launched = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("server.log").toFile()))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(launched::destroyForcibly));
            return launched;
        }

        @Override
        void start() throws IOException {
            if (!process.isAlive()) {
                process = launch();
            }
            awaitAnswer(url());
        }

        @Override
        void kill() throws InterruptedException {
            process.destroyForcibly();
            process.waitFor();
        }

        @Override
        public void close() {
            try {
                kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** PostgreSQL with what the other tests do without: what is committed has reached the disk. */
    private static final class Postgres extends Program {

        private static final long SECONDS_TO_FOLLOW = 10;

        Postgres(Path directory) throws IOException {
            super(directory);
        }

        /** Lets the embedded one lay out the files, and then runs the server itself, as a child that can be killed. */
        @Override
        List<String> command() throws IOException {
            Path data = directory.resolve("postgres");
            List<String> command = new ArrayList<>();
            EmbeddedPostgres embedded = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .start();
            try {
                if (System.getProperty("user.name").equals("root")) {
                    // PostgreSQL refuses to run as root; in a user namespace of its own nobody is.
                    command.addAll(List.of("unshare", "-U"));
                }
                command.add(binary(data));
            } finally {
                embedded.close();
            }
            command.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port), "-k", ""));
            command.addAll(List.of("-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on"));
            return command;
        }

        private static String binary(Path data) throws IOException {
            long pid = Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim());
            return ProcessHandle.of(pid)
                    .flatMap(server -> server.info().command())
                    .orElseThrow();
        }

        @Override
        String url() {
            return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres&connectTimeout=5&socketTimeout=30";
        }

        /**
         * The postmaster's children notice that it is gone; until the last of them has ended, no other server starts on
         * the same files. The process id that it leaves behind is nobody's, and the next one finds that out.
         */
        @Override
        void kill() throws InterruptedException {
            List<ProcessHandle> children = process.children().toList();
            super.kill();
            for (ProcessHandle child : children) {
                awaitEnd(child);
            }
        }

        private static void awaitEnd(ProcessHandle process) throws InterruptedException {
            try {
                process.onExit().get(SECONDS_TO_FOLLOW, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                process.destroyForcibly();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** MariaDB with what the other tests do without: what is committed has reached the disk. */
    private static final class MariaDb extends Program {

        MariaDb(Path directory) throws IOException {
            super(directory);
        }

        @Override
        List<String> command() {
            List<String> command = new ArrayList<>(MariaDbServer.layOut(directory.resolve("mariadb")));
            command.addAll(List.of("--port=" + port, "--innodb-flush-log-at-trx-commit=1"));
            return command;
        }

        @Override
        String url() {
            return "jdbc:mariadb://localhost:" + port
                    + "/test?user=root&createDatabaseIfNotExist=true&connectTimeout=5000&socketTimeout=30000";
        }
    }
}
