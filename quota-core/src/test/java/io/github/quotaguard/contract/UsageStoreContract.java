package io.github.quotaguard.contract;

import io.github.quotaguard.store.UsageStore;
import java.util.Set;

/**
 * The whole contract of a {@link UsageStore}. A test class that implements this interface runs it:
 *
 * <pre>{@code
 * class MyStoreTest implements UsageStoreContract {
 *
 *     private final SettableClock clock = new SettableClock();
 *     private final MyStore store = new MyStore(clock);
 *
 *     public UsageStore store() {
 *         return store;
 *     }
 *
 *     public ContractClock clock() {
 *         return clock;
 *     }
 * }
 * }</pre>
 *
 * <p>The store needs no thread of its own, and must not have one that sweeps on its own while the tests run: they tell
 * an overdue reservation from an expired one.
 */
public interface UsageStoreContract
        extends ReservationContract,
                BatchContract,
                BatchMemberContract,
                SettlementContract,
                ReserveAgainContract,
                StateTableContract,
                EarlierLifeContract,
                ExpiryContract,
                RetentionContract,
                LimitContract,
                GraceContract,
                GraceStory,
                ForcedContract,
                FileContract,
                ReplacementContract,
                CreditContract,
                TenantContract,
                IdContract,
                RefusedIdContract,
                SizeContract,
                PageContract,
                DurabilityContract,
                LedgerContract,
                RollUpContract,
                TimelineContract,
                EvaluationContract,
                WarningContract,
                ClaimContract,
                EndedGraceContract,
                CorrectionContract,
                RepairLeaseContract,
                PurgeContract,
                TemporaryFileContract,
                KeepContract,
                BacklogContract,
                DuelContract,
                RaceContract,
                DeadlineRaceContract,
                StormContract {

    /**
     * Returns the store under test. The same one may serve all tests of a class.
     *
     * @return the store
     */
    @Override
    UsageStore store();

    /**
     * Returns what moves the clock of {@link #store}.
     *
     * @return the clock
     */
    @Override
    ContractClock clock();

    /**
     * Says what this store can do beyond what every store has to.
     *
     * @return nothing, unless overridden
     */
    @Override
    default Set<Capability> capabilities() {
        return Set.of();
    }

    /**
     * Gives up the store as the end of its process would, without letting it write anything more, and opens another on
     * the same storage, which {@link #store} answers from then on. To be overridden if the store is
     * {@link Capability#DURABLE}.
     *
     * @throws Exception if it can not be opened, which fails the test
     */
    @Override
    default void reopen() throws Exception {
        throw new UnsupportedOperationException("a store that is DURABLE has to say how it is reopened");
    }

    /**
     * Says how often a race is run; the random tests take a multiple of it.
     *
     * @return 20, unless overridden
     */
    @Override
    default int rounds() {
        return 20;
    }

    /**
     * Says how many threads run a race.
     *
     * @return 32, unless overridden
     */
    @Override
    default int threads() {
        return 32;
    }
}
