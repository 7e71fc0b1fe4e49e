package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.LevelChange;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.PendingWarning;
import io.github.quotaguard.store.WarningLevel;
import io.github.quotaguard.store.WarningStore;
import io.github.quotaguard.store.WatchedLimit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What a store remembers of warnings. Levels and limits mean nothing to it, so the tests choose them freely. */
interface WarningContract extends StoreFixture {

    Duration LEASE = Duration.ofMinutes(10);

    private WarningStore warnings() {
        return store().warnings().orElseThrow();
    }

    private static WatchedLimit bytesOf(AccountId account) {
        return new WatchedLimit(account, MetricType.BYTES, null);
    }

    private boolean move(WatchedLimit limit, WarningLevel before, int level) {
        return warnings().move(new LevelChange(limit, before, level, 85, 100, null));
    }

    private WarningLevel levelOf(WatchedLimit limit) {
        return warnings().watched(limit.account()).level(limit);
    }

    /** Claims what is of one tenant; what other tests have left is put out of the way. */
    private Optional<PendingWarning> claim(ContractTenant tenant) {
        while (true) {
            Optional<PendingWarning> claimed = warnings().claim(LEASE);
            if (claimed.isEmpty() || claimed.get().limit().account().tenant().equals(tenant.name)) {
                return claimed;
            }
            warnings().confirm(claimed.get());
        }
    }

    @Test
    @Needs(Capability.WARNINGS)
    @Checks({Rule.CATEGORIES, Rule.EVERY_ANCESTOR})
    default void shouldReadWhatIsUsedApartFromWhatIsReserved() {
        ContractTenant tenant = ContractTenant.of(this);
        AccountId laptop = tenant.account("user-8/laptop");
        tenant.upload("photo", 85).by(laptop).category("image").stored();
        tenant.upload("film", 15).by(laptop).category("image").granted();

        for (AccountId account : laptop.lineage()) {
            var usage = warnings().watched(account).counters();
            assertThat(usage.account()).isEqualTo(account);
            assertThat(usage.total().usedBytes()).isEqualTo(85);
            assertThat(usage.total().reservedBytes()).isEqualTo(15);
            assertThat(usage.total().usedFiles()).isEqualTo(1);
            assertThat(usage.of(new Category("image")).usedBytes()).isEqualTo(85);
        }
    }

    @Test
    @Needs(Capability.WARNINGS)
    default void shouldMoveALevelOnlyFromWhatItIsAndAnnounceItsRaises() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("photo", 85).stored();
        WatchedLimit limit = bytesOf(tenant.user);

        assertThat(move(limit, new WarningLevel(1, 0), 2)).isFalse();
        assertThat(move(limit, WarningLevel.NONE, 2)).isTrue();
        assertThat(move(limit, WarningLevel.NONE, 1)).isFalse();
        assertThat(levelOf(limit)).isEqualTo(new WarningLevel(2, 1));
        assertThat(move(limit, new WarningLevel(2, 1), 0)).isTrue();
        assertThat(move(limit, WarningLevel.NONE, 1)).isFalse();
        assertThat(move(limit, new WarningLevel(0, 1), 1)).isTrue();
        assertThat(levelOf(limit)).isEqualTo(new WarningLevel(1, 2));
        assertThat(levelOf(bytesOf(tenant.root))).isEqualTo(WarningLevel.NONE);

        assertThat(List.of(claim(tenant).orElseThrow(), claim(tenant).orElseThrow()))
                .allSatisfy(warning -> {
                    assertThat(warning.limit()).isEqualTo(limit);
                    assertThat(warning.used()).isEqualTo(85);
                    assertThat(warning.max()).isEqualTo(100);
                })
                .extracting(PendingWarning::id)
                .containsExactlyInAnyOrder(tenant.user + "//BYTES-2-1", tenant.user + "//BYTES-1-2");
        assertThat(claim(tenant)).isEmpty();
    }

    @Test
    @Needs(Capability.WARNINGS)
    default void shouldKeepTheLimitsOfAnAccountApart() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("photo", 85).category("image").stored();
        WatchedLimit bytes = bytesOf(tenant.user);
        WatchedLimit files = new WatchedLimit(tenant.user, MetricType.FILES, null);
        WatchedLimit images = new WatchedLimit(tenant.user, MetricType.CATEGORY_BYTES, new Category("image"));

        assertThat(move(bytes, WarningLevel.NONE, 1)).isTrue();
        assertThat(move(files, WarningLevel.NONE, 2)).isTrue();
        assertThat(move(images, WarningLevel.NONE, 3)).isTrue();

        assertThat(levelOf(bytes).level()).isEqualTo(1);
        assertThat(levelOf(files).level()).isEqualTo(2);
        assertThat(levelOf(images).level()).isEqualTo(3);
        assertThat(List.of(
                        claim(tenant).orElseThrow(),
                        claim(tenant).orElseThrow(),
                        claim(tenant).orElseThrow()))
                .extracting(PendingWarning::limit)
                .containsExactlyInAnyOrder(bytes, files, images);
    }

    @Test
    @Needs(Capability.WARNINGS)
    @Checks(byChance = {Rule.ATOMIC, Rule.TENANTS_APART})
    default void shouldLetOneOfManyRaiseALevel() {
        try (Race race = new Race(8)) {
            for (int round = 0; round < rounds() / 4 + 1; round++) {
                ContractTenant tenant = ContractTenant.of(this);
                tenant.upload("photo", 85).stored();

                List<Boolean> moved = race.run(thread -> move(bytesOf(tenant.user), WarningLevel.NONE, 1));
                List<Boolean> lowered = race.run(thread -> move(bytesOf(tenant.user), new WarningLevel(1, 1), 0));

                assertThat(moved).containsOnlyOnce(true);
                assertThat(lowered).containsOnlyOnce(true);
                assertThat(claim(tenant)).isPresent();
                assertThat(claim(tenant)).isEmpty();
            }
        }
    }

    @Test
    @Needs(Capability.WARNINGS)
    @Checks(byChance = {Rule.ATOMIC, Rule.TENANTS_APART})
    default void shouldGiveAClaimToOneOfMany() {
        try (Race race = new Race(8)) {
            for (int round = 0; round < rounds() / 4 + 1; round++) {
                ContractTenant tenant = ContractTenant.of(this);
                claim(tenant);
                tenant.upload("photo", 85).stored();
                move(bytesOf(tenant.user), WarningLevel.NONE, 1);

                List<Optional<PendingWarning>> claims =
                        race.run(thread -> warnings().claim(LEASE));

                assertThat(claims).filteredOn(Optional::isPresent).hasSize(1);
            }
        }
    }

    @Test
    @Needs(Capability.WARNINGS)
    @Checks(Rule.STORES_CLOCK)
    default void shouldOfferAClaimAgainAfterItsLeaseAndAfterTwiceAsLong() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("photo", 85).stored();
        move(bytesOf(tenant.user), WarningLevel.NONE, 1);
        String id = claim(tenant).orElseThrow().id();

        clock().advance(Duration.ofMinutes(9));
        assertThat(claim(tenant)).isEmpty();
        clock().advance(Duration.ofMinutes(2));
        assertThat(claim(tenant)).map(PendingWarning::id).contains(id);
        clock().advance(Duration.ofMinutes(19));
        assertThat(claim(tenant)).isEmpty();
        clock().advance(Duration.ofMinutes(2));
        assertThat(claim(tenant)).map(PendingWarning::id).contains(id);
    }

    @Test
    @Needs(Capability.WARNINGS)
    @Checks(Rule.STORES_CLOCK)
    default void shouldForgetWhatIsConfirmedAndNothingElse() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("photo", 85).stored();
        move(bytesOf(tenant.user), WarningLevel.NONE, 1);
        move(bytesOf(tenant.root), WarningLevel.NONE, 1);
        PendingWarning announced = claim(tenant).orElseThrow();
        PendingWarning other = claim(tenant).orElseThrow();

        warnings().confirm(announced);
        warnings().confirm(announced);

        clock().advance(LEASE.plusMinutes(1));
        assertThat(claim(tenant)).map(PendingWarning::id).contains(other.id());
        assertThat(claim(tenant)).isEmpty();
        assertThat(levelOf(announced.limit())).isEqualTo(new WarningLevel(1, 1));
    }

    @Test
    @Needs(Capability.WARNINGS)
    default void shouldTakeTheLongestIds() {
        ContractTenant tenant = new ContractTenant(
                store(), clock(), "t".repeat(91) + ContractTenant.of(this).name.substring(1));
        String segment = "/" + "s".repeat(AccountId.MAX_SEGMENT_LENGTH);
        AccountId account = new AccountId(tenant.name + segment.repeat(AccountId.MAX_DEPTH - 1));
        Category category = new Category("c".repeat(Category.MAX_LENGTH));
        WatchedLimit limit = new WatchedLimit(account, MetricType.CATEGORY_BYTES, category);
        tenant.upload("photo", 85).by(account).category(category.name()).stored();

        assertThat(move(limit, WarningLevel.NONE, 3)).isTrue();

        assertThat(levelOf(limit)).isEqualTo(new WarningLevel(3, 1));
        assertThat(claim(tenant).orElseThrow().id())
                .isEqualTo(account + "//CATEGORY_BYTES-3-1//" + category)
                .hasSizeLessThanOrEqualTo(630);
    }

    @Test
    @Needs(Capability.WARNINGS)
    @Checks(Rule.DURABLE)
    default void shouldRememberWarningsWhenReopened() throws Exception {
        Assumptions.assumeTrue(capabilities().contains(Capability.DURABLE));
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("photo", 85).category("image").stored();
        WatchedLimit images = new WatchedLimit(tenant.user, MetricType.CATEGORY_BYTES, new Category("image"));
        move(bytesOf(tenant.user), WarningLevel.NONE, 1);
        claim(tenant).ifPresent(warnings()::confirm);
        move(images, WarningLevel.NONE, 2);
        warnings().mark(tenant.name, 0, 1);

        reopen();

        assertThat(levelOf(bytesOf(tenant.user))).isEqualTo(new WarningLevel(1, 1));
        assertThat(levelOf(images)).isEqualTo(new WarningLevel(2, 1));
        assertThat(warnings().changed(tenant.name, 0, 10).mark()).isEqualTo(1);
        PendingWarning kept = claim(tenant).orElseThrow();
        assertThat(kept.id()).isEqualTo(tenant.user + "//CATEGORY_BYTES-2-1//image");
        assertThat(kept.used()).isEqualTo(85);
        assertThat(claim(tenant)).isEmpty();
    }
}
