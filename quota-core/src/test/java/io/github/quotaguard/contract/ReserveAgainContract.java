package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A reserve of an id in each state, with the same arguments and with others. */
interface ReserveAgainContract extends StoreFixture {

    private static ContractUpload photo(ContractTenant tenant) {
        return tenant.upload("photo", 100).version("v2").category("image");
    }

    /** Returns uploads of the same id that ask for something else. */
    private static Map<String, ContractUpload> otherArguments(ContractTenant tenant) {
        ContractUpload same = photo(tenant);
        Map<String, ContractUpload> others = new LinkedHashMap<>();
        others.put("more bytes", tenant.upload("photo", 101).version("v2").category("image"));
        others.put("fewer bytes", tenant.upload("photo", 99).version("v2").category("image"));
        others.put("no bytes", tenant.upload("photo", 0).version("v2").category("image"));
        others.put(
                "unknown size",
                tenant.uploadOfUnknownSize("photo").version("v2").category("image"));
        others.put("other category", same.category("document"));
        others.put("no category", same.category(null));
        others.put("sibling account", same.by(tenant.account("user-8")));
        others.put("parent account", same.by(tenant.root));
        others.put("child account", same.by(tenant.account("user-7/laptop")));
        others.put("replacing", same.replacing("v1"));
        others.put("overwriting", same.overwriting());
        return others;
    }

    private static void forOtherArguments(ContractTenant tenant, Consumer<ContractUpload> test) {
        otherArguments(tenant).forEach((name, upload) -> {
            try {
                test.accept(upload);
            } catch (AssertionError e) {
                throw new AssertionError("with " + name + ": " + e.getMessage(), e);
            }
        });
    }

    @Test
    @Checks(Rule.SAME_CALL_SAME_RESERVATION)
    default void shouldGiveTheSameReservationToARetry() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100).files(tenant.root, 1);
        Allocation first = photo(tenant).granted();

        Allocation second = photo(tenant).granted();

        assertThat(second.generation()).isEqualTo(first.generation());
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.bytes()).isEqualTo(100);
        assertThat(second.bornAt()).isEqualTo(first.bornAt());
        assertThat(second.deadline()).isAfterOrEqualTo(first.deadline());
        assertThat(tenant.now(first)).isEqualTo(second);
        assertThat(tenant.usage(tenant.root).reservedBytes()).isEqualTo(100);
        tenant.assertConserved();
    }

    @Test
    default void shouldTakeOtherMetadataRetentionReasonAndTimeToLiveForTheSameUpload() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractUpload changed = photo(tenant)
                .metadata(Map.of("name", "other.jpg"))
                .retainUntil(Instant.parse("2031-01-01T00:00:00Z"))
                .forced("a reason")
                .ttl(Duration.ofHours(1));
        Allocation first = photo(tenant).granted();

        Allocation second = changed.granted();
        assertThat(second.generation()).isEqualTo(first.generation());
        assertThat(second.spec()).isEqualTo(first.spec());

        tenant.committed(second, 100);
        tenant.assertUnchangedBy(
                () -> assertThat(changed.alreadyStored().generation()).isEqualTo(first.generation()));
    }

    @Test
    default void shouldTellARetryOfAFinishedUploadThatItIsStored() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation committed = tenant.committed(photo(tenant).granted(), 60);

        tenant.assertUnchangedBy(() -> {
            assertThat(photo(tenant).alreadyStored()).isEqualTo(committed);
            assertThat(tenant.committed(committed, 60)).isEqualTo(committed);
        });
    }

    @Test
    default void shouldTellARetryThatItIsStoredEvenIfTheAccountIsFull() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.lifeIn(AllocationState.COMMITTED, photo(tenant));
        tenant.limits.bytes(tenant.root, 0).files(tenant.root, 0);

        tenant.assertUnchangedBy(() -> photo(tenant).alreadyStored());
    }

    @Test
    default void shouldGiveARetryItsReservationEvenIfTheAccountIsFull() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation first = photo(tenant).granted();
        tenant.limits.bytes(tenant.root, 0).files(tenant.root, 0).bytesPerFile(tenant.root, 0);

        assertThat(photo(tenant).granted().generation()).isEqualTo(first.generation());
    }

    @ParameterizedTest
    @EnumSource(names = {"RESERVED", "COMMITTED"})
    @Checks(Rule.CATEGORIES)
    default void shouldRefuseOtherArgumentsForALiveUpload(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation life = tenant.lifeIn(state, photo(tenant));

        forOtherArguments(
                tenant,
                upload -> tenant.assertUnchangedBy(
                        () -> assertThat(upload.conflict()).isEqualTo(life)));
    }

    @ParameterizedTest
    @EnumSource(
            names = {"RESERVED", "COMMITTED"},
            mode = Mode.EXCLUDE)
    @Checks(Rule.STORES_CLOCK)
    default void shouldBeginANewLifeAfterAnEndedOne(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation ended = tenant.lifeIn(state, photo(tenant));

        Allocation next = photo(tenant).granted();

        assertThat(next.generation()).isNotEqualTo(ended.generation());
        assertThat(next.attempt()).isEqualTo(1);
        assertThat(tenant.now(next)).isEqualTo(next);
        assertThat(tenant.usage().reservedBytes()).isEqualTo(100);
        tenant.committed(next, 100);
        tenant.assertConserved();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"RESERVED", "COMMITTED"},
            mode = Mode.EXCLUDE)
    @Checks({Rule.STORES_CLOCK, Rule.EVERY_ANCESTOR, Rule.CATEGORIES, Rule.LEDGER})
    default void shouldBeginANewLifeWithOtherArgumentsAfterAnEndedOne(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation ended = tenant.lifeIn(state, photo(tenant));

        forOtherArguments(tenant, upload -> {
            Allocation next = upload.granted();
            assertThat(next.generation()).isNotEqualTo(ended.generation());
            assertThat(next.spec()).isEqualTo(upload.spec());
            store().release(next);
        });
        tenant.assertConserved();
    }
}
