package io.github.quotaguard.readme;

import io.github.quotaguard.store.TenantState;
import io.github.quotaguard.store.TenantStateStore;
import io.github.quotaguard.store.UsageStoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;

/** One file per tenant, replaced as a whole. For the threads of one process, on a file system of Linux or macOS. */
final class FileUsageStore extends TenantStateStore implements AutoCloseable {

    private static final String LOCK = "lock";
    private static final String UNFINISHED = ".new";

    private final Path directory;
    private final FileChannel owner;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final SortedSet<String> tenants = new ConcurrentSkipListSet<>();

    FileUsageStore(Path directory, InstantSource clock) throws IOException {
        super(clock);
        this.directory = directory;
        this.owner = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (owner.tryLock() == null) {
                throw new IOException(directory + " belongs to another process");
            }
            findTenants();
        } catch (IOException | RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    private void findTenants() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(UNFINISHED)) {
                    Files.delete(file); // whoever wrote it died before it was acknowledged
                } else if (!name.equals(LOCK)) {
                    tenants.add(tenantOf(file, load(file)));
                }
            }
        }
    }

    @Override
    protected <R> R update(String tenant, Function<TenantState, R> step) {
        Path file = fileOf(tenant);
        oneAtATime.lock();
        try {
            TenantState state = load(file);
            byte[] before = state.toBytes();
            R result = step.apply(state);
            byte[] after = state.toBytes();
            if (!Arrays.equals(before, after)) {
                replace(file, after);
                tenants.add(tenant);
            }
            return result;
        } catch (IOException e) {
            throw new UsageStoreException("can not write " + file, true, e);
        } finally {
            oneAtATime.unlock();
        }
    }

    @Override
    protected <R> R read(String tenant, Function<TenantState, R> step) {
        Path file = fileOf(tenant);
        try {
            return step.apply(load(file));
        } catch (IOException e) {
            throw new UsageStoreException("can not read " + file, true, e);
        }
    }

    @Override
    protected SortedSet<String> tenants() {
        return new TreeSet<>(tenants);
    }

    private static TenantState load(Path file) throws IOException {
        try {
            return TenantState.fromBytes(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return new TenantState(); // never charged
        } catch (IllegalArgumentException e) {
            throw new UsageStoreException(file + " is not of this store, or damaged", false, e);
        }
    }

    private String tenantOf(Path file, TenantState state) {
        String tenant = state.accounts().get(0).tenant(); // only what was charged is kept
        if (!file.equals(fileOf(tenant))) {
            throw new UsageStoreException(file + " is the file of another tenant", false, null);
        }
        return tenant;
    }

    /** A crash leaves the old file or the new one, and the new one once this has returned. */
    private void replace(Path file, byte[] state) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + UNFINISHED);
        Files.write(next, state);
        force(next);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        force(directory);
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            channel.force(true);
        }
    }

    /** Ids may be longer than the name of a file can be, and differ where two names do not. */
    private Path fileOf(String tenant) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return directory.resolve(HexFormat.of().formatHex(digest.digest(tenant.getBytes(StandardCharsets.UTF_8))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        owner.close();
    }
}
