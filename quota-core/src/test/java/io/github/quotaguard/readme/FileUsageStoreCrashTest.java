package io.github.quotaguard.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.contract.Conservation;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process leaves behind that dies while it writes, and what the store says to files that are not its own. */
class FileUsageStoreCrashTest {

    private static final AccountId ACME = new AccountId("acme");
    private static final int BYTES = 7;

    @TempDir
    private Path directory;

    private FileUsageStore open() throws IOException {
        return new FileUsageStore(directory, Clock.systemUTC());
    }

    private static Allocation reserve(UsageStore store, AccountId tenant, String file) {
        AllocationSpec spec = new AllocationSpec(
                new FileVersion(tenant.path(), file, FileVersion.NO_VERSION),
                tenant,
                null,
                OptionalLong.of(BYTES),
                Replacement.NONE,
                Map.of(),
                null,
                null,
                null);
        ReserveResult result = store.reserve(
                new ReserveCommand(spec, Duration.ofMinutes(15), List.of(CounterLimit.unlimited(tenant, null))));
        return ((ReserveResult.Granted) result).allocation();
    }

    private static void store(UsageStore store, AccountId tenant, String file) {
        assertThat(store.commit(reserve(store, tenant, file), BYTES)).isInstanceOf(CommitResult.Committed.class);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> !file.endsWith("lock")).toList();
        }
    }

    /** A process that stores files until it is killed, and says of each when it was acknowledged. */
    static final class Writer {

        public static void main(String[] args) throws IOException {
            try (FileUsageStore store = new FileUsageStore(Path.of(args[0]), Clock.systemUTC())) {
                for (int i = Integer.parseInt(args[1]); true; i++) {
                    store(store, ACME, "f" + i);
                    System.out.println(i);
                    System.out.flush();
                }
            }
        }
    }

    @Test
    void shouldLoseNothingAcknowledgedWhenItsProcessIsKilled() throws Exception {
        int acknowledged = 0;
        for (int kill = 0; kill < 3; kill++) {
            Process writer = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Writer.class.getName(),
                            directory.toString(),
                            Integer.toString(acknowledged))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader told =
                    new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
                for (int i = 0; i < 40 + kill; i++) {
                    acknowledged = Integer.parseInt(told.readLine()) + 1;
                }
                writer.toHandle().destroyForcibly();
                for (String line = told.readLine(); line != null; line = told.readLine()) {
                    acknowledged = Integer.parseInt(line) + 1;
                }
            }
            writer.waitFor();
            try (FileUsageStore store = open()) {
                long stored = store.usage(ACME).total().usedFiles();
                assertThat(stored).isBetween((long) acknowledged, acknowledged + 1L);
                acknowledged = (int) stored;
                Conservation.assertHolds(store, "acme");
            }
        }
        assertThat(acknowledged).isGreaterThan(120);
    }

    @Test
    void shouldForgetWhatWasWrittenButHadNotGotItsName() throws IOException {
        try (FileUsageStore store = open()) {
            store(store, ACME, "photo");
        }
        Path file = files().get(0);
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.write(unfinished, new byte[] {1, 2, 3});

        try (FileUsageStore store = open()) {
            assertThat(unfinished).doesNotExist();
            assertThat(store.usage(ACME).total().usedBytes()).isEqualTo(BYTES);
            store(store, ACME, "film");
            assertThat(store.usage(ACME).total().usedBytes()).isEqualTo(2 * BYTES);
        }
    }

    @Test
    void shouldKeepTheOldStateWhenTheNewOneCanNotBeWritten() throws IOException {
        try (FileUsageStore store = open()) {
            Allocation granted = reserve(store, ACME, "photo");
            Path file = files().get(0);
            Path inTheWay = Files.createDirectory(file.resolveSibling(file.getFileName() + ".new"));

            assertThatExceptionOfType(UsageStoreException.class).isThrownBy(() -> store.commit(granted, BYTES));

            assertThat(store.find(granted.id())).contains(granted);
            Files.delete(inTheWay);
            assertThat(store.commit(granted, BYTES)).isInstanceOf(CommitResult.Committed.class);
            Conservation.assertHolds(store, "acme");
        }
    }

    @Test
    void shouldWriteNothingForATenantThatIsNotCharged() throws IOException {
        try (FileUsageStore store = open()) {
            store.usage(ACME);
            store.sweep();

            assertThat(files()).isEmpty();
        }
    }

    @Test
    void shouldRefuseForeignFiles() throws IOException {
        Files.writeString(directory.resolve("notes.txt"), "not a tenant");

        assertThatExceptionOfType(UsageStoreException.class)
                .isThrownBy(this::open)
                .withMessageContaining("notes.txt is not of this store, or damaged")
                .matches(e -> !e.isRetryable());
        assertThat(directory.resolve("notes.txt")).hasContent("not a tenant");
    }

    @Test
    void shouldRefuseADamagedFile() throws IOException {
        try (FileUsageStore store = open()) {
            store(store, ACME, "photo");
            Path file = files().get(0);
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);

            assertThatExceptionOfType(UsageStoreException.class).isThrownBy(() -> store.usage(ACME));
            assertThatExceptionOfType(UsageStoreException.class).isThrownBy(() -> reserve(store, ACME, "film"));
        }
        assertThatExceptionOfType(UsageStoreException.class).isThrownBy(this::open);
    }

    @Test
    void shouldRefuseTheFileOfAnotherTenant() throws IOException {
        try (FileUsageStore store = open()) {
            store(store, ACME, "photo");
        }
        Path file = files().get(0);
        Files.move(file, file.resolveSibling("0".repeat(64)));

        assertThatExceptionOfType(UsageStoreException.class)
                .isThrownBy(this::open)
                .withMessageContaining("is the file of another tenant");
    }

    @Test
    void shouldRefuseASecondOwner() throws IOException {
        try (FileUsageStore store = open()) {
            assertThatExceptionOfType(OverlappingFileLockException.class).isThrownBy(this::open);
            store(store, ACME, "photo");
        }
        open().close();
    }
}
