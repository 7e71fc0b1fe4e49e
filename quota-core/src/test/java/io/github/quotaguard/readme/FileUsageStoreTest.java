package io.github.quotaguard.readme;

import io.github.quotaguard.contract.Capability;
import io.github.quotaguard.contract.ContractClock;
import io.github.quotaguard.contract.SettableClock;
import io.github.quotaguard.contract.UsageStoreContract;
import io.github.quotaguard.store.UsageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class FileUsageStoreTest implements UsageStoreContract {

    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock();
    private FileUsageStore store;

    @BeforeEach
    void open() throws IOException {
        store = new FileUsageStore(directory, clock);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Override
    public UsageStore store() {
        return store;
    }

    @Override
    public ContractClock clock() {
        return clock;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(
                Capability.DURABLE,
                Capability.LEDGER,
                Capability.WARNINGS,
                Capability.REPAIR,
                Capability.TEMPORARY_FILES);
    }

    @Override
    public void reopen() throws IOException {
        close();
        open();
    }

    @Override
    public int rounds() {
        return 5; // every write waits for the disk
    }
}
