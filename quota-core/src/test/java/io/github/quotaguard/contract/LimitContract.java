package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.Usage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of limit at every level of the path, and the hierarchy of accounts and categories. */
interface LimitContract extends StoreFixture {

    /** The account of the tests is three segments deep; a level is an index into its lineage. */
    private static AccountId leaf(ContractTenant tenant) {
        return tenant.account("team/user-7");
    }

    private static AccountId level(ContractTenant tenant, int level) {
        return leaf(tenant).lineage().get(level);
    }

    private static ContractUpload image(ContractTenant tenant, String file, long bytes) {
        return tenant.upload(file, bytes).by(leaf(tenant)).category("image");
    }

    /** Stores 400 bytes and holds 200 more, of one file each. */
    private static void fill(ContractTenant tenant) {
        image(tenant, "stored", 400).stored();
        image(tenant, "reserved", 200).granted();
    }

    private static void assertRefused(ContractTenant tenant, ContractUpload upload, LimitCheck... expected) {
        tenant.assertUnchangedBy(() -> assertThat(upload.refused()).containsExactlyInAnyOrder(expected));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.EVERY_ANCESTOR})
    default void shouldLimitBytes(int level) {
        ContractTenant tenant = ContractTenant.of(this);
        AccountId limited = level(tenant, level);
        tenant.limits.bytes(limited, 1_000);
        fill(tenant);

        assertRefused(
                tenant,
                image(tenant, "next", 401),
                new LimitCheck(limited, MetricType.BYTES, null, 401, 400, 200, 1_000));
        image(tenant, "next", 400).granted();
        assertRefused(
                tenant,
                image(tenant, "last", 1).category(null),
                new LimitCheck(limited, MetricType.BYTES, null, 1, 400, 600, 1_000));
        tenant.assertConserved();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.EVERY_ANCESTOR})
    default void shouldLimitFiles(int level) {
        ContractTenant tenant = ContractTenant.of(this);
        AccountId limited = level(tenant, level);
        tenant.limits.files(limited, 3);
        fill(tenant);

        image(tenant, "next", 0).granted();
        assertRefused(tenant, image(tenant, "last", 0), new LimitCheck(limited, MetricType.FILES, null, 1, 1, 2, 3));
        tenant.assertConserved();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.EVERY_ANCESTOR, Rule.CATEGORIES})
    default void shouldLimitTheBytesOfACategory(int level) {
        ContractTenant tenant = ContractTenant.of(this);
        AccountId limited = level(tenant, level);
        tenant.limits.bytes(limited, "image", 1_000);
        fill(tenant);
        image(tenant, "text", 5_000).category("document").stored();
        image(tenant, "anything", 5_000).category(null).stored();

        Category image = new Category("image");
        assertRefused(
                tenant,
                image(tenant, "next", 401),
                new LimitCheck(limited, MetricType.CATEGORY_BYTES, image, 401, 400, 200, 1_000));
        image(tenant, "next", 400).granted();
        assertRefused(
                tenant,
                image(tenant, "last", 1),
                new LimitCheck(limited, MetricType.CATEGORY_BYTES, image, 1, 400, 600, 1_000));
        image(tenant, "last", 1).category("document").granted();
        tenant.assertConserved();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Checks({Rule.LIMITS, Rule.EVERY_ANCESTOR})
    default void shouldLimitTheBytesOfAFile(int level) {
        ContractTenant tenant = ContractTenant.of(this);
        AccountId limited = level(tenant, level);
        tenant.limits.bytesPerFile(limited, 400);
        fill(tenant);

        assertRefused(
                tenant,
                image(tenant, "next", 401),
                new LimitCheck(limited, MetricType.FILE_BYTES, null, 401, 0, 0, 400));
        assertRefused(
                tenant,
                image(tenant, "stored", 401).version("v2"),
                new LimitCheck(limited, MetricType.FILE_BYTES, null, 401, 0, 0, 400));
        image(tenant, "next", 400).granted();
        image(tenant, "stored", 400).version("v2").granted();
        tenant.assertConserved();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.EVERY_ANCESTOR, Rule.CATEGORIES})
    default void shouldLimitAnExtensionToo(int level) {
        ContractTenant tenant = ContractTenant.of(this);
        AccountId limited = level(tenant, level);
        Category image = new Category("image");
        fill(tenant);
        Allocation growing = image(tenant, "growing", 100).granted();
        tenant.limits.bytes(limited, 900).bytes(limited, "image", 850).bytesPerFile(limited, 300);

        assertExtensionRefused(
                tenant,
                growing,
                301,
                new LimitCheck(limited, MetricType.BYTES, null, 201, 400, 300, 900),
                new LimitCheck(limited, MetricType.CATEGORY_BYTES, image, 201, 400, 300, 850),
                new LimitCheck(limited, MetricType.FILE_BYTES, null, 301, 0, 0, 300));
        assertExtensionRefused(
                tenant, growing, 251, new LimitCheck(limited, MetricType.CATEGORY_BYTES, image, 151, 400, 300, 850));
        tenant.extended(growing, 250);
        tenant.assertConserved();
    }

    private static void assertExtensionRefused(
            ContractTenant tenant, Allocation growing, long bytes, LimitCheck... expected) {
        assertThat(tenant.notExtended(growing, bytes)).containsExactlyInAnyOrder(expected);
    }

    @Test
    @Checks({Rule.LIMITS, Rule.CATEGORIES})
    default void shouldReportEveryLimitThatIsExceeded() {
        ContractTenant tenant = ContractTenant.of(this);
        fill(tenant);
        AccountId team = tenant.account("team");
        AccountId user = leaf(tenant);
        Category image = new Category("image");
        tenant.limits
                .bytes(tenant.root, 600)
                .bytes(team, 1_100)
                .bytes(user, 1_099)
                .bytes(tenant.root, "image", 599)
                .bytes(team, "image", 5_000)
                .files(team, 2)
                .files(user, 3)
                .bytesPerFile(tenant.root, 499)
                .bytesPerFile(user, 500);

        assertRefused(
                tenant,
                image(tenant, "next", 500),
                new LimitCheck(tenant.root, MetricType.BYTES, null, 500, 400, 200, 600),
                new LimitCheck(user, MetricType.BYTES, null, 500, 400, 200, 1_099),
                new LimitCheck(tenant.root, MetricType.CATEGORY_BYTES, image, 500, 400, 200, 599),
                new LimitCheck(team, MetricType.FILES, null, 1, 1, 1, 2),
                new LimitCheck(tenant.root, MetricType.FILE_BYTES, null, 500, 0, 0, 499));
    }

    @Test
    @Checks(Rule.LIMITS)
    default void shouldChargeNothingToTheChildThatItsParentRefuses() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        ContractUpload upload = image(tenant, "photo", 101);

        upload.refused();

        for (AccountId account : leaf(tenant).lineage()) {
            assertThat(tenant.usage(account)).isEqualTo(Usage.NONE);
            assertThat(tenant.usage(account, "image")).isEqualTo(Usage.NONE);
        }
        assertThat(store().find(upload.spec().id())).isEmpty();
        assertThat(tenant.snapshot().allocations()).isEmpty();
        assertThat(tenant.entries()).isEmpty();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldShareTheParentsRoomBetweenItsChildren() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        tenant.upload("a", 60).by(tenant.account("user-1")).stored();
        tenant.upload("b", 30).by(tenant.account("user-2")).granted();
        tenant.upload("c", 10).by(tenant.root).granted();

        assertRefused(
                tenant,
                tenant.upload("d", 1).by(tenant.account("user-3")),
                new LimitCheck(tenant.root, MetricType.BYTES, null, 1, 60, 40, 100));
        assertThat(tenant.usage(tenant.account("user-1"))).isEqualTo(new Usage(60, 0, 1, 0));
        assertThat(tenant.usage(tenant.account("user-2"))).isEqualTo(new Usage(0, 30, 0, 1));
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(60, 40, 1, 2));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.EVERY_ANCESTOR)
    default void shouldNotTakeASiblingWhoseNameBeginsAlikeForAChild() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("a", 10).by(tenant.account("user-1")).stored();
        tenant.upload("b", 20).by(tenant.account("user-10")).stored();
        tenant.upload("c", 40).by(tenant.account("user-1/x")).stored();
        tenant.upload("d", 80).by(tenant.account("user-_")).stored();
        tenant.upload("e", 160).by(tenant.account("user-%")).stored();

        assertThat(tenant.usage(tenant.account("user-1")).usedBytes()).isEqualTo(50);
        assertThat(tenant.usage(tenant.account("user-10")).usedBytes()).isEqualTo(20);
        assertThat(tenant.usage(tenant.account("user-_")).usedBytes()).isEqualTo(80);
        assertThat(tenant.usage(tenant.account("user-%")).usedBytes()).isEqualTo(160);
        assertThat(tenant.usage(tenant.root).usedBytes()).isEqualTo(310);
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.EVERY_ANCESTOR, Rule.CATEGORIES})
    default void shouldKeepTheTotalEqualToTheCategoriesAndWhatHasNone() {
        ContractTenant tenant = ContractTenant.of(this);
        image(tenant, "photo", 100).stored();
        image(tenant, "text", 20).category("document").stored();
        image(tenant, "anything", 3).category(null).stored();
        image(tenant, "photo-2", 400).granted();
        image(tenant, "draft", 50).category(null).granted();
        tenant.delete("nothing");

        for (AccountId account : leaf(tenant).lineage()) {
            assertThat(tenant.usage(account)).isEqualTo(new Usage(123, 450, 3, 2));
            assertThat(tenant.usage(account, "image")).satisfies(usage -> {
                assertThat(usage.usedBytes()).isEqualTo(100);
                assertThat(usage.reservedBytes()).isEqualTo(400);
            });
            assertThat(tenant.usage(account, "document").usedBytes()).isEqualTo(20);
            assertThat(tenant.usage(account, "article")).isEqualTo(Usage.NONE);
        }
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.EVERY_ANCESTOR})
    default void shouldAdmitAnEmptyVersionAboveALoweredLimit() {
        ContractTenant tenant = ContractTenant.of(this);
        fill(tenant);
        tenant.limits.bytes(tenant.root, 100).files(tenant.root, 1);

        image(tenant, "stored", 0).version("v2").granted();
        assertRefused(
                tenant,
                image(tenant, "stored", 1).version("v3"),
                new LimitCheck(tenant.root, MetricType.BYTES, null, 1, 400, 200, 100));
        tenant.assertConserved();
    }
}
