package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Usage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Ids are equal only character for character, or refused before any effect. */
interface IdContract extends StoreFixture {

    @Test
    @Checks({Rule.CASE_COUNTS, Rule.SPACES_COUNT})
    default void shouldKeepFilesWithSimilarIdsApart() {
        ContractTenant tenant = ContractTenant.of(this);
        Map<String, Integer> ids = ContractIds.numbered(ContractIds.files(FileVersion.MAX_LENGTH));
        ids.forEach((id, bytes) -> tenant.upload(id, bytes).stored());

        assertEachHasItsOwn(
                tenant,
                ids,
                id -> new FileVersion(tenant.name, id, ""),
                allocation -> allocation.id().file());
        assertThat(tenant.usage().usedFiles()).isEqualTo(ids.size());
        ids.forEach((id, bytes) -> assertThat(tenant.delete(id).freedBytes()).isEqualTo(bytes.longValue()));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.CASE_COUNTS, Rule.SPACES_COUNT})
    default void shouldKeepVersionsWithSimilarIdsApart() {
        ContractTenant tenant = ContractTenant.of(this);
        Map<String, Integer> ids = ContractIds.numbered(ContractIds.files(FileVersion.MAX_LENGTH));
        ids.put("", ids.size() + 1);
        ids.forEach((id, bytes) -> tenant.upload("file", bytes).version(id).stored());

        assertEachHasItsOwn(
                tenant,
                ids,
                id -> new FileVersion(tenant.name, "file", id),
                allocation -> allocation.id().version());
        assertThat(tenant.usage().usedFiles()).isEqualTo(1);
        assertThat(store().versions(tenant.name, "file")).hasSize(ids.size());
        for (String id : List.of("a", "A", "a ", "", "'; DROP TABLE quota_ledger; --")) {
            long before = tenant.usage().usedBytes();
            tenant.upload("file", 0).version("next to " + id).replacing(id).stored();
            assertThat(tenant.usage().usedBytes()).isEqualTo(before - ids.get(id));
            assertThat(tenant.now(tenant.upload("file", 0).version(id).granted())
                            .attempt())
                    .isEqualTo(1);
        }
        assertThat(tenant.delete("file", "\u00E9").freedBytes()).isEqualTo((long) ids.get("\u00E9"));
        assertThat(tenant.delete("file", "E\u0301").deleted()).isEmpty();
        tenant.assertConserved();
    }

    private void assertEachHasItsOwn(
            ContractTenant tenant,
            Map<String, Integer> ids,
            Function<String, FileVersion> key,
            Function<Allocation, String> id) {
        ids.forEach((name, bytes) -> assertThat(store().find(key.apply(name))).hasValueSatisfying(found -> {
            assertThat(found.id()).isEqualTo(key.apply(name));
            assertThat(found.bytes()).isEqualTo(bytes.longValue());
        }));
        assertThat(TenantSnapshot.allocations(store(), tenant.name, 7))
                .extracting(id)
                .containsExactlyInAnyOrderElementsOf(ids.keySet());
        assertThat(tenant.entries().stream().collect(Collectors.toMap(Entry::bytes, Entry::id)))
                .allSatisfy((bytes, entry) -> assertThat(store().find(entry))
                        .hasValueSatisfying(found -> assertThat(found.bytes()).isEqualTo(bytes)));
    }

    @Test
    @Checks({Rule.CASE_COUNTS, Rule.SPACES_COUNT})
    default void shouldKeepAccountsWithSimilarIdsApart() {
        ContractTenant tenant = ContractTenant.of(this);
        Map<String, Integer> ids = ContractIds.numbered(ContractIds.segments(AccountId.MAX_SEGMENT_LENGTH));
        ids.forEach((id, bytes) ->
                tenant.upload("f" + bytes, bytes).by(tenant.account(id)).stored());

        ids.forEach((id, bytes) -> assertThat(tenant.usage(tenant.account(id))).isEqualTo(new Usage(bytes, 0, 1, 0)));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.CASE_COUNTS, Rule.SPACES_COUNT, Rule.TENANTS_APART})
    default void shouldKeepTenantsWithSimilarIdsApart() {
        String prefix = ContractTenant.of(this).name;
        Map<String, Integer> ids =
                ContractIds.numbered(ContractIds.segments(AccountId.MAX_SEGMENT_LENGTH - prefix.length()));
        Map<ContractTenant, Integer> tenants = new LinkedHashMap<>();
        ids.forEach((id, bytes) -> tenants.put(new ContractTenant(store(), clock(), prefix + id), bytes));

        tenants.forEach((tenant, bytes) -> tenant.upload("photo", bytes).stored());

        tenants.forEach((tenant, bytes) -> {
            assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(bytes, 0, 1, 0));
            tenant.assertConserved();
        });
    }

    @Test
    @Checks({Rule.CASE_COUNTS, Rule.SPACES_COUNT, Rule.CATEGORIES})
    default void shouldKeepCategoriesWithSimilarIdsApart() {
        ContractTenant tenant = ContractTenant.of(this);
        Map<String, Integer> ids = ContractIds.numbered(ContractIds.segments(Category.MAX_LENGTH));
        ids.forEach(
                (id, bytes) -> tenant.upload("f" + bytes, bytes).category(id).stored());

        ids.forEach((id, bytes) ->
                assertThat(tenant.usage(tenant.root, id).usedBytes()).isEqualTo(bytes.longValue()));
        assertThat(store().usage(tenant.user).categories()).hasSize(ids.size());
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.EVERY_ANCESTOR, Rule.CATEGORIES})
    default void shouldKeepTheLongestIdsOfTheWidestCharacters() {
        Random random = new Random(7);
        ContractTenant tenant =
                new ContractTenant(store(), clock(), ContractIds.wide(random, AccountId.MAX_SEGMENT_LENGTH));
        AccountId deepest = tenant.account(ContractIds.wide(random, AccountId.MAX_SEGMENT_LENGTH) + "/"
                + ContractIds.wide(random, AccountId.MAX_SEGMENT_LENGTH) + "/"
                + ContractIds.wide(random, AccountId.MAX_SEGMENT_LENGTH));
        ContractUpload upload = tenant.upload(ContractIds.wide(random, FileVersion.MAX_LENGTH), 100)
                .version(ContractIds.wide(random, FileVersion.MAX_LENGTH))
                .by(deepest)
                .category(ContractIds.wide(random, Category.MAX_LENGTH))
                .replacing(ContractIds.wide(random, FileVersion.MAX_LENGTH))
                .forced(ContractIds.wide(random, 255));

        Allocation stored = upload.stored();

        assertThat(tenant.now(stored)).isEqualTo(stored);
        assertThat(stored.spec()).isEqualTo(upload.spec());
        assertThat(tenant.usage(deepest, upload.spec().category().name()).usedBytes())
                .isEqualTo(100);
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.CASE_COUNTS, Rule.SPACES_COUNT})
    default void shouldSayEachIdOnOneLine() {
        ContractTenant tenant = ContractTenant.of(this);

        for (String id : ContractIds.segments(Category.MAX_LENGTH)) {
            Allocation standing = tenant.upload(id, 1)
                    .version(id)
                    .by(tenant.account(id))
                    .category(id)
                    .granted();
            assertThat(List.of(
                            standing.toString(),
                            tenant.upload(id, 2).version(id).reserve().toString(),
                            store().usage(tenant.account(id)).toString()))
                    .allSatisfy(text -> assertThat(text).contains(id).doesNotContainPattern("\\R"));
        }
    }
}
