package io.github.quotaguard.proof;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.ReserveResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An application that only reserves, in many threads for one tenant, until it is killed. A thread writes the name of a
 * file before the call, and its generation after it; and there is a line for each batch before any of its callers hears.
 */
final class ReserveWorker {

    static final int THREADS = 24;
    static final String TENANT = "t";

    private static final String BATCHES = "batches";

    private ReserveWorker() {}

    /** What the lines of all workers say together. */
    record Journal(List<String> asked, List<String> granted, int batches) {

        static Journal read(Path directory) throws IOException {
            List<String> asked = new ArrayList<>();
            List<String> granted = new ArrayList<>();
            int batches = 0;
            try (var files = Files.newDirectoryStream(directory, "*.lines")) {
                for (Path file : files) {
                    String text = Files.readString(file);
                    for (String line :
                            text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1)) {
                        if (line.startsWith(BATCHES)) {
                            batches++;
                        } else if (line.contains("=")) {
                            granted.add(line);
                        } else if (!line.isEmpty()) {
                            asked.add(line);
                        }
                    }
                }
            }
            return new Journal(asked, granted, batches);
        }
    }

    /** Whose file it is follows from its name. */
    static Upload upload(String file) {
        return Upload.of(TENANT + "/user-" + Math.floorMod(file.hashCode(), 3), file, 1);
    }

    public static void main(String... args) throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(args[0]);
        config.setMaximumPoolSize(4);
        Path directory = Path.of(args[1]);
        String run = args[2];
        try (HikariDataSource pool = new HikariDataSource(config);
                JdbcUsageStore store = JdbcUsageStore.builder(pool).build();
                FileChannel batches = open(directory, run + BATCHES)) {
            UnaryOperator<List<ReserveResult>> note = results -> {
                write(batches, BATCHES + results.size());
                return results;
            };
            UploadGuard guard = UploadGuard.builder(GroupCommitTest.around(store, note))
                    .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                    .build();
            Crowd.run(THREADS, thread -> {
                try (FileChannel lines = open(directory, run + thread)) {
                    for (int i = 0; ; i++) {
                        String file = "f-%s-%d-%d".formatted(run, thread, i);
                        write(lines, file);
                        long generation =
                                guard.reserve(upload(file)).allocation().generation();
                        write(lines, file + "=" + generation);
                    }
                }
            });
        }
    }

    private static FileChannel open(Path directory, String name) throws IOException {
        return FileChannel.open(
                directory.resolve(name + ".lines"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** One write, so that it outlives the process. */
    private static void write(FileChannel lines, String line) {
        try {
            lines.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
