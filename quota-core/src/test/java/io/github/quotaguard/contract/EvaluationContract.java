package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.ChangedAccounts;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.WarningStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a store tells of accounts that have changed and were not looked at for warnings yet. */
interface EvaluationContract extends StoreFixture {

    private WarningStore warnings() {
        return store().warnings().orElseThrow();
    }

    private List<String> behind(int size) {
        List<String> all = new ArrayList<>();
        Page<String> page = warnings().behind(null, size);
        all.addAll(page.items());
        while (page.hasMore()) {
            page = warnings().behind(all.get(all.size() - 1), size);
            all.addAll(page.items());
        }
        return all;
    }

    @Test
    @Needs(Capability.WARNINGS)
    default void shouldTellOfWhatIsSettledUntilNobodyWantsToKnow() {
        ContractTenant tenant = ContractTenant.of(this);
        List<String> told = new CopyOnWriteArrayList<>();
        Runnable subscription = warnings().onSettled(told::add);
        try {
            tenant.upload("photo", 85).stored();
            assertThat(told).contains(tenant.name);

            told.clear();
            tenant.delete("photo");
            assertThat(told).contains(tenant.name);
        } finally {
            subscription.run();
        }
        told.clear();
        tenant.upload("film", 85).stored();
        assertThat(told).isEmpty();
    }

    @Test
    @Needs(Capability.WARNINGS)
    default void shouldNotLetAListenerThatThrowsFailTheUpload() {
        ContractTenant tenant = ContractTenant.of(this);
        Runnable subscription = warnings().onSettled(settled -> {
            throw new AssertionError("listener of " + settled);
        });
        try {
            tenant.upload("photo", 85).stored();
        } finally {
            subscription.run();
        }
        assertThat(tenant.usage().usedBytes()).isEqualTo(85);
    }

    @Test
    @Needs(Capability.WARNINGS)
    @Checks(Rule.TENANTS_APART)
    default void shouldListTheTenantsThatAreBehindUntilTheyAreMarked() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractTenant other = ContractTenant.of(this);
        tenant.upload("photo", 10).stored();
        other.upload("photo", 10).stored();

        assertThat(behind(1)).contains(tenant.name, other.name).isEqualTo(behind(Page.MAX_SIZE));

        ChangedAccounts changed = warnings().changed(tenant.name, 0, 10);
        assertThat(warnings().mark(tenant.name, changed.mark(), changed.toSeq()))
                .isTrue();
        assertThat(behind(1)).doesNotContain(tenant.name).contains(other.name);

        tenant.delete("photo");
        assertThat(behind(1)).contains(tenant.name);
    }

    @Test
    @Needs(Capability.WARNINGS)
    @Checks(Rule.TENANTS_APART)
    default void shouldNameTheAccountsThatHaveChangedAndTheirAncestors() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractTenant other = ContractTenant.of(this);
        other.upload("photo", 10).stored();
        AccountId laptop = tenant.account("user-8/laptop");
        tenant.upload("photo", 10).stored();
        tenant.upload("film", 10).by(laptop).stored();

        ChangedAccounts first = warnings().changed(tenant.name, 0, 1);
        ChangedAccounts second = warnings().changed(tenant.name, first.toSeq(), 1);
        ChangedAccounts both = warnings().changed(tenant.name, 0, 10);

        assertThat(first.accounts()).containsExactly(tenant.root, tenant.user);
        assertThat(first.hasMore()).isTrue();
        assertThat(second.accounts()).containsExactly(tenant.root, tenant.account("user-8"), laptop);
        assertThat(second.hasMore()).isFalse();
        assertThat(both.accounts()).hasSize(4);
        assertThat(both.toSeq()).isEqualTo(second.toSeq());

        assertThat(warnings().mark(tenant.name, 0, first.toSeq())).isTrue();
        assertThat(warnings().changed(tenant.name, 0, 10).accounts()).isEqualTo(second.accounts());
    }

    @Test
    @Needs(Capability.WARNINGS)
    default void shouldMoveTheMarkOnlyFromWhereItIs() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("photo", 10).stored();
        tenant.upload("film", 10).stored();

        assertThat(warnings().mark(tenant.name, 0, 1)).isTrue();
        assertThat(warnings().mark(tenant.name, 0, 2)).isFalse();
        assertThat(warnings().mark(tenant.name, 1, 2)).isTrue();

        ChangedAccounts changed = warnings().changed(tenant.name, 0, 10);
        assertThat(changed.mark()).isEqualTo(2);
        assertThat(changed.toSeq()).isEqualTo(2);
        assertThat(changed.accounts()).isEmpty();
    }

    @Test
    @Needs(Capability.WARNINGS)
    default void shouldMoveTheMarkForwardAndNotPastTheLedger() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("photo", 10).stored();
        tenant.upload("film", 10).stored();
        long end = warnings().changed(tenant.name, 0, 10).toSeq();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> warnings().mark(tenant.name, 0, end + 1))
                .withMessageContaining("up to " + end);
        assertThatIllegalArgumentException().isThrownBy(() -> warnings().mark(tenant.name, end, end));
        assertThatIllegalArgumentException().isThrownBy(() -> warnings().mark(tenant.name, end, end - 1));
        assertThat(warnings().mark(tenant.name, 0, end)).isTrue();
    }
}
