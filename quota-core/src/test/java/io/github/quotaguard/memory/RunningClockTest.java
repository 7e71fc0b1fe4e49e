package io.github.quotaguard.memory;

import io.github.quotaguard.contract.ContractClock;
import io.github.quotaguard.contract.UsageStoreContract;
import io.github.quotaguard.store.UsageStore;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** The contract on a clock that runs on its own between the calls, as that of a database does. */
class RunningClockTest implements UsageStoreContract {

    private static final Clock SYSTEM = Clock.systemUTC();

    private final AtomicReference<Duration> shift = new AtomicReference<>(Duration.ZERO);
    private final UsageStore store =
            new InMemoryUsageStore(() -> SYSTEM.instant().plus(shift.get()));

    @Override
    public UsageStore store() {
        return store;
    }

    @Override
    public ContractClock clock() {
        return duration -> shift.updateAndGet(duration::plus);
    }
}
