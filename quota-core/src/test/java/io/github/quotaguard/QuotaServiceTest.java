package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.MetricType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class QuotaServiceTest {

    private static final Category IMAGE = new Category("image");

    private final TestClock clock = new TestClock();
    private final InMemoryUsageStore store = new InMemoryUsageStore(clock);
    private final Map<String, QuotaLimits> limits = new HashMap<>();
    private final QuotaPolicy policy = account -> limits.getOrDefault(account.path(), QuotaLimits.unlimited());
    private final UploadGuard guard =
            UploadGuard.builder(store).policy(policy).clock(clock).build();
    private final QuotaService quotas = QuotaService.of(store, policy);

    @Test
    void shouldTellWhatIsUsedHeldAndLeft() {
        limits.put("testuser2", QuotaLimits.ofBytes(10_485_760));
        save(Upload.of("testuser2", "photo-1", 438_407));
        clock.advance(Duration.ofSeconds(5));
        guard.reserve(Upload.of("testuser2", "photo-2", 47_353));

        StorageQuota quota = quotas.storageQuota("testuser2");

        assertThat(quota.organizationId()).isEqualTo("testuser2");
        assertThat(quota.isUnlimited()).isFalse();
        assertThat(quota.totalQuota()).hasValue(10_485_760);
        assertThat(quota.usedQuota()).isEqualTo(438_407);
        assertThat(quota.reservedQuota()).isEqualTo(47_353);
        assertThat(quota.remainingQuota()).hasValue(10_047_353);
        assertThat(quota.availableQuota()).hasValue(10_000_000);
        assertThat(quota.fileCount()).isEqualTo(1);
        assertThat(quota.usagePercentage()).contains(new BigDecimal("4.18"));
        assertThat(quota.updatedAt()).contains(TestClock.START.plusSeconds(5));
    }

    @Test
    void shouldLeaveAnUnlimitedAccountWithoutATotal() {
        save(Upload.of("acme", "photo-1", 100));

        StorageQuota quota = quotas.storageQuota("acme");

        assertThat(quota.isUnlimited()).isTrue();
        assertThat(quota.totalQuota()).isEqualTo(OptionalLong.empty());
        assertThat(quota.remainingQuota()).isEmpty();
        assertThat(quota.availableQuota()).isEmpty();
        assertThat(quota.usagePercentage()).isEmpty();
        assertThat(quota.usedQuota()).isEqualTo(100);
    }

    @Test
    void shouldNeverLeaveLessThanNothing() {
        save(Upload.of("acme", "photo-1", 100));
        guard.reserve(Upload.of("acme", "photo-2", 30));

        limits.put("acme", QuotaLimits.ofBytes(120));
        assertThat(quotas.storageQuota("acme").remainingQuota()).hasValue(20);
        assertThat(quotas.storageQuota("acme").availableQuota()).hasValue(0);

        limits.put("acme", QuotaLimits.ofBytes(80));
        assertThat(quotas.storageQuota("acme").remainingQuota()).hasValue(0);
        assertThat(quotas.storageQuota("acme").availableQuota()).hasValue(0);
        assertThat(quotas.storageQuota("acme").usagePercentage()).contains(new BigDecimal("125.00"));
    }

    @Test
    void shouldCountTheFilesAndBytesOfEveryVersionByCategory() {
        save(Upload.of("acme/user-1", "photo-1", 10).version("v1").category("image"));
        save(Upload.of("acme/user-1", "photo-1", 20).version("v2").category("image"));
        save(Upload.of("acme/user-2", "film-1", 300).category("film"));
        save(Upload.of("acme", "note", 7));

        StorageQuota quota = quotas.storageQuota("acme");

        assertThat(quota.usedQuota()).isEqualTo(337);
        assertThat(quota.fileCount()).isEqualTo(3);
        assertThat(quota.usageByCategory()).isEqualTo(Map.of(IMAGE, 30L, new Category("film"), 300L));
    }

    @Test
    void shouldKnowNothingOfAnAccountThatWasNeverCharged() {
        limits.put("acme", QuotaLimits.ofBytes(100));

        StorageQuota quota = quotas.storageQuota("acme");

        assertThat(quota.usedQuota()).isZero();
        assertThat(quota.availableQuota()).hasValue(100);
        assertThat(quota.usageByCategory()).isEmpty();
        assertThat(quota.updatedAt()).isEmpty();
        assertThat(quotas.warnings("acme")).isEmpty();
    }

    @Test
    void shouldTellUsageInTotalAndByCategory() {
        save(Upload.of("acme/user-1", "photo-1", 10).category("image"));
        guard.reserve(Upload.of("acme/user-1", "photo-2", 5).category("image"));
        save(Upload.of("acme/user-1", "note", 7));

        Category film = new Category("film");
        limits.put("acme", QuotaLimits.ofBytes(400).withBytes("film", 9));

        AccountUsage usage = quotas.usage("acme");

        OptionalLong none = OptionalLong.empty();
        assertThat(usage.account()).isEqualTo(AccountId.of("acme"));
        assertThat(usage.updatedAt()).contains(TestClock.START);
        assertThat(usage.metrics())
                .containsExactly(
                        new UsageMetric(MetricType.BYTES, null, 17, 5, OptionalLong.of(400)),
                        new UsageMetric(MetricType.FILES, null, 2, 1, none),
                        new UsageMetric(MetricType.CATEGORY_BYTES, film, 0, 0, OptionalLong.of(9)),
                        new UsageMetric(MetricType.CATEGORY_BYTES, IMAGE, 10, 5, none));
        assertThat(usage.metrics())
                .extracting(UsageMetric::percentage)
                .containsExactly(
                        Optional.of(new BigDecimal("4.25")),
                        Optional.empty(),
                        Optional.of(new BigDecimal("0.00")),
                        Optional.empty());
        assertThat(quotas.usage("acme/nobody").metrics())
                .extracting(UsageMetric::used)
                .containsExactly(0L, 0L);
    }

    @Test
    void shouldAskForLimitsPastTheCacheOfThePolicy() {
        QuotaPolicy caching = new QuotaPolicy() {
            @Override
            public QuotaLimits limits(AccountId account) {
                return QuotaLimits.ofBytes(10);
            }

            @Override
            public QuotaLimits freshLimits(AccountId account) {
                return QuotaLimits.ofBytes(20);
            }
        };
        save(Upload.of("acme", "photo-1", 17));
        QuotaService service = QuotaService.of(store, caching);

        assertThat(service.storageQuota("acme").totalQuota()).hasValue(20);
        assertThat(service.warnings("acme"))
                .singleElement()
                .satisfies(warning -> assertThat(warning.quotaLimit()).isEqualTo(20));
        assertThat(service.explain(Upload.of("acme", "photo-2", 3)).decision()).isEqualTo(Explanation.Decision.ADMIT);
    }

    @Test
    void shouldRefuseBadIdsAndAPolicyThatAnswersNull() {
        assertThatIllegalArgumentException().isThrownBy(() -> quotas.storageQuota("acme/"));
        assertThatIllegalArgumentException().isThrownBy(() -> quotas.usage(""));
        assertThatIllegalArgumentException().isThrownBy(() -> quotas.warnings("a\nb"));
        QuotaService careless = QuotaService.of(store, account -> null);
        assertThatIllegalStateException()
                .isThrownBy(() -> careless.storageQuota("acme"))
                .withMessageContaining("null for account acme");
    }

    private void save(Upload upload) {
        guard.upload(upload, reservation -> "saved");
    }
}
