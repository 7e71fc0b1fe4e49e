package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes at the edges of every argument: refused before any effect, or exact; nothing wraps. */
interface SizeContract extends StoreFixture {

    long LIMIT = 1_000;

    /** Returns a tenant with {@link #LIMIT} bytes left, 400 used and 100 reserved. */
    private static ContractTenant withRoom(StoreFixture fixture) {
        ContractTenant tenant = ContractTenant.of(fixture);
        tenant.limits.bytes(tenant.root, LIMIT + 500);
        tenant.upload("stored", 400).stored();
        tenant.upload("reserved", 100).granted();
        return tenant;
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, LIMIT, LIMIT + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldDecideAnyDeclaredSize(long bytes) {
        ContractTenant tenant = withRoom(this);

        if (bytes < 0) {
            tenant.assertUnchangedBy(() -> assertThatIllegalArgumentException()
                    .isThrownBy(() -> tenant.upload("next", bytes).reserve()));
        } else if (bytes <= LIMIT) {
            assertThat(tenant.upload("next", bytes).granted().bytes()).isEqualTo(bytes);
            assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(400, 100 + bytes, 1, 2));
        } else {
            tenant.assertUnchangedBy(() -> assertThat(
                            tenant.upload("next", bytes).refused())
                    .contains(new LimitCheck(tenant.root, MetricType.BYTES, null, bytes, 400, 100, LIMIT + 500)));
        }
        tenant.assertConserved();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, LIMIT, LIMIT + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldDecideAnyExtension(long bytes) {
        ContractTenant tenant = withRoom(this);
        Allocation growing = tenant.uploadOfUnknownSize("next").granted();

        if (bytes < 0) {
            tenant.assertUnchangedBy(
                    () -> assertThatIllegalArgumentException().isThrownBy(() -> tenant.extend(growing, bytes)));
        } else if (bytes <= LIMIT) {
            assertThat(tenant.extended(growing, bytes).bytes()).isEqualTo(bytes);
            assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(400, 100 + bytes, 1, 2));
        } else {
            assertThat(tenant.notExtended(growing, bytes))
                    .contains(new LimitCheck(tenant.root, MetricType.BYTES, null, bytes, 400, 100, LIMIT + 500));
        }
        tenant.assertConserved();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, LIMIT, LIMIT + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldDecideAnySizeThatIsToBeHeld(long bytes) {
        ContractTenant tenant = withRoom(this);
        Allocation growing = tenant.uploadOfUnknownSize("next").granted();

        if (bytes < 0) {
            tenant.assertUnchangedBy(
                    () -> assertThatIllegalArgumentException().isThrownBy(() -> tenant.extend(growing, 0, bytes)));
        } else if (bytes <= LIMIT) {
            assertThat(tenant.extend(growing, 0, bytes)).isInstanceOf(ExtendResult.Extended.class);
            assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(400, 100 + bytes, 1, 2));
        } else {
            assertThat(ContractTenant.as(ExtendResult.Refused.class, tenant.extend(growing, 0, bytes))
                            .exceeded())
                    .contains(new LimitCheck(tenant.root, MetricType.BYTES, null, bytes, 400, 100, LIMIT + 500));
            assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(400, 100, 1, 2));
        }
        tenant.assertConserved();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, LIMIT, LIMIT + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    default void shouldDecideAnyCommittedSize(long bytes) {
        ContractTenant tenant = withRoom(this);
        Allocation granted = tenant.upload("next", LIMIT).granted();

        if (bytes < 0) {
            tenant.assertUnchangedBy(
                    () -> assertThatIllegalArgumentException().isThrownBy(() -> store().commit(granted, bytes)));
        } else if (bytes <= LIMIT) {
            assertThat(tenant.committed(granted, bytes).bytes()).isEqualTo(bytes);
            assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(400 + bytes, 100, 2, 1));
        } else {
            tenant.assertUnchangedBy(() ->
                    assertThat(store().commit(granted, bytes)).isEqualTo(new CommitResult.NotCovered(granted, bytes)));
        }
        tenant.assertConserved();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, LIMIT, LIMIT + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    default void shouldDecideAnyForcedSize(long bytes) {
        ContractTenant tenant = withRoom(this);
        long most = Long.MAX_VALUE - 500;

        if (bytes < 0) {
            tenant.assertUnchangedBy(() -> assertThatIllegalArgumentException()
                    .isThrownBy(() -> tenant.upload("next", bytes).forced("moved")));
        } else if (bytes <= most) {
            tenant.upload("next", bytes).forced("moved").stored();
            assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(400 + bytes, 100, 2, 1));
        } else {
            tenant.assertUnchangedBy(() -> assertThat(
                            tenant.upload("next", bytes).forced("moved").refused())
                    .isNotEmpty()
                    .allSatisfy(check -> {
                        assertThat(check.requested()).isEqualTo(bytes);
                        assertThat(check.limit()).isEqualTo(CounterLimit.UNLIMITED);
                        assertThat(check.available()).isEqualTo(most);
                    }));
        }
        tenant.assertConserved();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, LIMIT, LIMIT + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    @Checks({Rule.LIMITS, Rule.CATEGORIES, Rule.LEDGER})
    default void shouldDecideByAnyLimitOfBytes(long limit) {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("stored", LIMIT).category("image").stored();
        ContractUpload next = tenant.upload("next", 1).category("image");

        for (MetricType metric : List.of(MetricType.BYTES, MetricType.CATEGORY_BYTES)) {
            Category category = metric == MetricType.BYTES ? null : new Category("image");
            tenant.limits.set(tenant.user, metric, category, limit);
            if (limit < 0) {
                tenant.assertUnchangedBy(
                        () -> assertThatIllegalArgumentException().isThrownBy(next::reserve));
            } else if (limit > LIMIT) {
                store().release(next.granted());
            } else {
                tenant.assertUnchangedBy(() -> assertThat(next.refused())
                        .containsExactly(new LimitCheck(tenant.user, metric, category, 1, LIMIT, 0, limit)));
            }
            tenant.limits.set(tenant.user, metric, category, CounterLimit.UNLIMITED);
        }
        tenant.assertConserved();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, LIMIT, LIMIT + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    @Checks(Rule.LIMITS)
    default void shouldDecideByAnyLimitOfBytesPerFile(long limit) {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytesPerFile(tenant.root, limit);
        ContractUpload next = tenant.upload("next", LIMIT);

        if (limit < 0) {
            tenant.assertUnchangedBy(() -> assertThatIllegalArgumentException().isThrownBy(next::reserve));
        } else if (limit >= LIMIT) {
            next.granted();
        } else {
            tenant.assertUnchangedBy(() -> assertThat(next.refused())
                    .containsExactly(new LimitCheck(tenant.root, MetricType.FILE_BYTES, null, LIMIT, 0, 0, limit)));
        }
        tenant.assertConserved();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 2, 3, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldDecideByAnyLimitOfFiles(long limit) {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("stored", 1).stored();
        tenant.upload("reserved", 1).granted();
        tenant.limits.files(tenant.root, limit);
        ContractUpload next = tenant.upload("next", 1);

        if (limit < 0) {
            tenant.assertUnchangedBy(() -> assertThatIllegalArgumentException().isThrownBy(next::reserve));
        } else if (limit > 2) {
            next.granted();
        } else {
            tenant.assertUnchangedBy(() -> assertThat(next.refused())
                    .containsExactly(new LimitCheck(tenant.root, MetricType.FILES, null, 1, 1, 1, limit)));
        }
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.CATEGORIES, Rule.TENANTS_APART})
    default void shouldFillTheWholeRangeOfTheNumbers() {
        for (String reason : new String[] {null, "moved"}) {
            ContractTenant tenant = ContractTenant.of(this);
            List<ContractUpload> next = new ArrayList<>();
            for (long bytes : new long[] {1, 2, Long.MAX_VALUE - 1, Long.MAX_VALUE}) {
                ContractUpload upload = tenant.upload("next", bytes).category("image");
                next.add(reason == null ? upload : upload.forced(reason));
            }
            Allocation largest =
                    tenant.upload("largest", Long.MAX_VALUE).category("image").granted();
            tenant.assertUnchangedBy(() ->
                    next.forEach(upload -> assertThat(upload.reserve()).isInstanceOf(ReserveResult.Refused.class)));

            tenant.committed(largest, Long.MAX_VALUE - 1);
            Allocation last = next.get(0).stored();
            assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(Long.MAX_VALUE, 0, 2, 0));
            assertThat(tenant.usage(tenant.root, "image").usedBytes()).isEqualTo(Long.MAX_VALUE);
            tenant.assertUnchangedBy(
                    () -> assertThat(tenant.upload("other", 1).category("image").reserve())
                            .isInstanceOf(ReserveResult.Refused.class));
            assertThat(tenant.now(last).bytes()).isEqualTo(1);
            tenant.assertConserved();
        }
    }

    @Test
    default void shouldRefuseAForcedExtensionBeyondTheNumbers() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("stored", 400).stored();
        Allocation growing = tenant.upload("next", 100).forced("moved").granted();

        assertThat(tenant.notExtended(growing, Long.MAX_VALUE - 399)).isNotEmpty();
        tenant.extended(growing, Long.MAX_VALUE - 400);
        tenant.committed(growing, Long.MAX_VALUE - 400);
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(Long.MAX_VALUE, 0, 2, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldRefuseATimeToLiveOutsideItsRange() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = tenant.upload("photo", 1).granted();

        for (Duration ttl : List.of(
                Duration.ZERO,
                Duration.ofNanos(-1),
                Duration.ofSeconds(Long.MIN_VALUE),
                UsageStore.RETENTION.plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            tenant.assertUnchangedBy(() -> assertThatIllegalArgumentException()
                    .isThrownBy(() -> tenant.upload("photo", 1).ttl(ttl).reserve()));
        }
        tenant.upload("film", 1).ttl(UsageStore.RETENTION).granted();
        assertThat(granted.attempt()).isEqualTo(1);
    }

    @Test
    default void shouldRefuseLimitsThatAreNotThoseOfTheCharge() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractUpload upload = tenant.upload("photo", 1).category("image");
        List<CounterLimit> limits = upload.command().limits();
        assertThat(limits).hasSize(4);

        for (List<CounterLimit> wrong : List.of(
                List.<CounterLimit>of(),
                limits.subList(0, 3),
                limits.subList(1, 4),
                List.of(limits.get(1), limits.get(0), limits.get(2), limits.get(3)),
                List.of(limits.get(0), limits.get(0), limits.get(2), limits.get(3)),
                List.of(limits.get(0), limits.get(1), limits.get(2), limits.get(3), limits.get(3)))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new ReserveCommand(upload.spec(), upload.ttl(), wrong));
        }
    }
}
