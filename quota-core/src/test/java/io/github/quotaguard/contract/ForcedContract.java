package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.Usage;
import org.junit.jupiter.api.Test;

/** Uploads that an administrator forces past the limits. */
interface ForcedContract extends StoreFixture {

    private static ContractTenant full(StoreFixture fixture) {
        ContractTenant tenant = ContractTenant.of(fixture);
        tenant.limits
                .bytes(tenant.root, 100)
                .files(tenant.root, 1)
                .bytesPerFile(tenant.root, 100)
                .bytes(tenant.user, "image", 100);
        tenant.upload("photo", 100).category("image").stored();
        return tenant;
    }

    @Test
    @Checks({Rule.LIMITS, Rule.CATEGORIES})
    default void shouldPassEveryLimitWhenForced() {
        ContractTenant tenant = full(this);
        ContractUpload upload = tenant.upload("film", 500).category("image");
        assertThat(upload.refused()).hasSize(4);

        upload.forced("restored by support").granted();

        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(100, 500, 1, 1));
        assertThat(tenant.usage(tenant.user, "image").reservedBytes()).isEqualTo(500);
        tenant.assertConserved();
    }

    @Test
    default void shouldPassEveryLimitWhenAForcedReservationGrows() {
        ContractTenant tenant = full(this);
        Allocation forced = tenant.uploadOfUnknownSize("film")
                .category("image")
                .forced("restored by support")
                .granted();

        assertThat(tenant.extended(forced, 500).bytes()).isEqualTo(500);

        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(100, 500, 1, 1));
        tenant.assertConserved();
    }

    @Test
    default void shouldSayInTheLedgerWhyLimitsWerePassed() {
        ContractTenant tenant = full(this);

        Allocation stored =
                tenant.upload("film", 500).forced("restored by support").stored();

        assertThat(tenant.entries(stored)).singleElement().satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(EntryKind.COMMIT);
            assertThat(entry.reason()).isEqualTo("restored by support");
        });
        assertThat(tenant.entries().get(0).reason()).isNull();
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.LIMITS)
    default void shouldCountWhatWasForcedAgainstTheNext() {
        ContractTenant tenant = full(this);
        tenant.upload("film", 500).forced("restored by support").stored();
        tenant.upload("song", 50).forced("restored by support").granted();

        assertThat(tenant.upload("text", 1).refused())
                .containsExactlyInAnyOrder(
                        new LimitCheck(tenant.root, MetricType.BYTES, null, 1, 600, 50, 100),
                        new LimitCheck(tenant.root, MetricType.FILES, null, 1, 2, 1, 1));

        tenant.delete("film");
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(100, 50, 1, 1));
        tenant.assertConserved();
    }
}
