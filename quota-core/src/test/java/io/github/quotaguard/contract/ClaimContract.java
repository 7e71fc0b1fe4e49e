package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.LevelChange;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.PendingWarning;
import io.github.quotaguard.store.WarningLevel;
import io.github.quotaguard.store.WarningStore;
import io.github.quotaguard.store.WatchedLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose turn it is to be announced. */
interface ClaimContract extends StoreFixture {

    private WarningStore warnings() {
        return store().warnings().orElseThrow();
    }

    private String raise(AccountId account) {
        WatchedLimit limit = new WatchedLimit(account, MetricType.BYTES, null);
        warnings().move(new LevelChange(limit, WarningLevel.NONE, 1, 85, 100, null));
        return account + "//BYTES-1-1";
    }

    /** Claims one of these; what other tests have left is put out of the way. */
    private String claim(List<String> ids) {
        PendingWarning claimed = warnings().claim(Duration.ofMinutes(1)).orElseThrow();
        while (!ids.contains(claimed.id())) {
            warnings().confirm(claimed);
            claimed = warnings().claim(Duration.ofMinutes(1)).orElseThrow();
        }
        return claimed.id();
    }

    @Test
    @Needs(Capability.WARNINGS)
    @Checks({Rule.STORES_CLOCK, Rule.TENANTS_APART})
    default void shouldOfferNoneAgainBeforeAllOthersHadTheirTurn() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractTenant other = ContractTenant.of(this);
        tenant.upload("photo", 85).stored();
        other.upload("photo", 85).stored();
        List<String> raised = List.of(raise(tenant.user), raise(other.user), raise(tenant.root), raise(other.root));

        List<String> claimed = new ArrayList<>();
        for (int i = 0; i < 2 * raised.size(); i++) {
            claimed.add(claim(raised));
            clock().advance(Duration.ofMinutes(10));
        }

        assertThat(claimed.subList(0, 4)).containsExactlyInAnyOrderElementsOf(raised);
        assertThat(claimed.subList(4, 8)).containsExactlyInAnyOrderElementsOf(raised);
    }

    @Test
    @Needs(Capability.WARNINGS)
    default void shouldRefuseALeaseOutsideItsRange() {
        assertThatNullPointerException()
                .isThrownBy(() -> warnings().claim(null))
                .withMessage("lease");
        for (Duration lease : List.of(Duration.ZERO, Duration.ofNanos(-1), WarningStore.LONGEST_LEASE.plusNanos(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> warnings().claim(lease))
                    .withMessageContaining("lease is " + lease);
        }
    }
}
