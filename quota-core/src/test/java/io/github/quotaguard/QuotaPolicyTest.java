package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.quotaguard.store.AccountId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuotaPolicyTest {

    private static final AccountId ACME = AccountId.of("acme");
    private static final QuotaLimits SMALL = QuotaLimits.ofBytes(10);
    private static final QuotaLimits LARGE = QuotaLimits.ofBytes(1_000);

    @Test
    void shouldGiveEveryAccountTheFixedLimits() {
        QuotaPolicy policy = QuotaPolicy.fixed(SMALL);

        assertThat(policy.limits(ACME)).isEqualTo(SMALL);
        assertThat(policy.limits(AccountId.of("globex/user-1"))).isEqualTo(SMALL);
        assertThat(policy.freshLimits(ACME)).isEqualTo(SMALL);
    }

    @Test
    void shouldAskTheSameWayWhenThePolicyHasNoCache() {
        int[] asked = {0};
        QuotaPolicy policy = account -> QuotaLimits.ofBytes(++asked[0]);

        assertThat(policy.limits(ACME)).isEqualTo(QuotaLimits.ofBytes(1));
        assertThat(policy.freshLimits(ACME)).isEqualTo(QuotaLimits.ofBytes(2));
    }

    @Test
    void shouldAskForOneAccountAfterTheOtherUnlessItCanAnswerForAll() {
        List<AccountId> asked = new ArrayList<>();
        QuotaPolicy policy = account -> {
            asked.add(account);
            return QuotaLimits.ofBytes(asked.size());
        };
        List<AccountId> lineage = AccountId.of("acme/user-7").lineage();

        assertThat(policy.limitsOf(lineage)).containsExactly(QuotaLimits.ofBytes(1), QuotaLimits.ofBytes(2));
        assertThat(policy.freshLimitsOf(lineage)).containsExactly(QuotaLimits.ofBytes(3), QuotaLimits.ofBytes(4));
        assertThat(asked).containsExactly(ACME, AccountId.of("acme/user-7"), ACME, AccountId.of("acme/user-7"));
    }

    @Test
    void shouldGiveAnAccountTheLimitsOfItsPlan() {
        QuotaPolicy policy = QuotaPolicy.byPlan(
                Map.of("free", SMALL, "team", LARGE), account -> account.equals(ACME) ? "team" : "free");

        assertThat(policy.limits(ACME)).isEqualTo(LARGE);
        assertThat(policy.limits(AccountId.of("acme/user-7"))).isEqualTo(SMALL);
    }

    @Test
    void shouldFollowAnAccountToAnotherPlan() {
        Map<AccountId, String> plans = new HashMap<>(Map.of(ACME, "free"));
        QuotaPolicy policy = QuotaPolicy.byPlan(Map.of("free", SMALL, "team", LARGE), plans::get);
        assertThat(policy.limits(ACME)).isEqualTo(SMALL);

        plans.put(ACME, "team");

        assertThat(policy.limits(ACME)).isEqualTo(LARGE);
    }

    @Test
    void shouldSayWhichPlanTheCatalogueDoesNotHave() {
        QuotaPolicy policy = QuotaPolicy.byPlan(Map.of("free", SMALL), account -> "gold");

        assertThatIllegalStateException()
                .isThrownBy(() -> policy.limits(ACME))
                .withMessage("account acme has the plan 'gold', the catalogue has [free]");
    }

    @Test
    void shouldSayWhichAccountHasNoPlan() {
        QuotaPolicy policy = QuotaPolicy.byPlan(Map.of("free", SMALL), account -> null);

        assertThatIllegalStateException()
                .isThrownBy(() -> policy.limits(ACME))
                .withMessageContaining("account acme has the plan 'null'");
    }

    @Test
    void shouldKeepTheCatalogueAsItWas() {
        Map<String, QuotaLimits> catalogue = new HashMap<>(Map.of("free", SMALL));
        QuotaPolicy policy = QuotaPolicy.byPlan(catalogue, account -> "free");

        catalogue.put("free", LARGE);

        assertThat(policy.limits(ACME)).isEqualTo(SMALL);
    }

    @Test
    void shouldRefuseNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> QuotaPolicy.fixed(null))
                .withMessage("limits");
        assertThatNullPointerException().isThrownBy(() -> QuotaPolicy.byPlan(null, account -> "free"));
        assertThatNullPointerException()
                .isThrownBy(() -> QuotaPolicy.byPlan(Map.of(), null))
                .withMessage("planOf");
    }
}
