package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checker has to see what it looks for: a store that lies about sound books in one place is found out. */
class ConservationTest {

    private static final AccountId USER = new AccountId("acme/user-7");
    private static final Category IMAGE = new Category("image");

    private final SettableClock clock = new SettableClock();
    private final UsageStore sound = new InMemoryUsageStore(clock);

    @BeforeEach
    void fillTheBooks() {
        ContractTenant tenant = new ContractTenant(sound, clock, "acme");
        tenant.upload("photo", 100).version("v1").category("image").stored();
        tenant.upload("photo", 40).version("v2").category("image").stored();
        tenant.upload("text", 20).stored();
        tenant.upload("film", 7).category("image").granted();
        tenant.lifeIn(AllocationState.RELEASED, tenant.upload("song", 5));
        tenant.lifeIn(AllocationState.DELETED, tenant.upload("draft", 5));
    }

    @Test
    void shouldFindNoFaultInSoundBooks() {
        assertThat(Conservation.faults(sound, "acme")).isEmpty();
        assertThat(Conservation.faults(sound, "stranger")).isEmpty();
    }

    @Test
    void shouldFailWithEachFault() {
        UsageStore lying = lyingAboutTotal(USER, total -> new Usage(total.usedBytes() + 1, 7, 2, 1));

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> Conservation.assertHolds(lying, "acme"))
                .withMessageContaining("used bytes are 161, the ledger say 160")
                .withMessageContaining("used bytes are 161, the allocations say 160");
    }

    @Test
    void shouldSeeACounterThatIsOff() {
        assertFault(lyingAboutTotal(USER, it -> new Usage(it.usedBytes() - 1, 7, 2, 1)), "used bytes are 159");
        assertFault(lyingAboutTotal(USER, it -> new Usage(160, 8, 2, 1)), "reserved bytes are 8");
        assertFault(lyingAboutTotal(USER, it -> new Usage(160, 7, 3, 1)), "used files are 3");
        assertFault(lyingAboutTotal(USER, it -> new Usage(160, 7, 2, 2)), "reserved files are 2 for 1");
        assertFault(lyingAboutTotal(USER, it -> new Usage(160, -7, 2, 1)), "negative");
    }

    @Test
    void shouldSeeACategoryThatIsOff() {
        assertFault(
                lyingAboutCategories(it -> it.put(IMAGE, new Usage(141, 7, 1, 1))), "category image of acme/user-7");
        assertFault(lyingAboutCategories(it -> it.remove(IMAGE)), "not its categories and what has none");
        assertFault(lyingAboutCategories(it -> it.put(new Category("ghost"), new Usage(1, 0, 0, 0))), "category ghost");
    }

    @Test
    void shouldSeeAParentThatHoldsLessThanItsChildren() {
        assertFault(lyingAboutTotal(new AccountId("acme"), it -> Usage.NONE), "holds less than its children");
    }

    @Test
    void shouldSeeALedgerThatIsOff() {
        assertFault(lyingAboutEntries(it -> it.remove(0)), "ledger: entry 1 has number 2");
        assertFault(lyingAboutEntries(it -> it.remove(it.size() - 1)), "acme:draft is DELETED, its last entry says");
        assertFault(lyingAboutEntries(it -> it.remove(0)), "used bytes are 160, the ledger say 60");
        assertFault(lyingAboutEntries(it -> it.add(copy(it.get(0), EntryKind.COMMIT, 7))), "[COMMIT, COMMIT]");
        assertFault(lyingAboutEntries(it -> it.add(copy(it.get(3), EntryKind.EXPIRE, 7))), "[RELEASE, EXPIRE]");
        assertFault(lyingAboutEntries(it -> it.add(copy(it.get(5), EntryKind.DELETE, 7))), "[COMMIT, DELETE, DELETE]");
        assertFault(lyingAboutEntries(it -> it.set(5, copy(it.get(3), EntryKind.DELETE, 6))), "[RELEASE, DELETE]");
        assertFault(lyingAboutEntries(it -> it.set(1, it.get(0))), "entry 2 has number 1");
    }

    @Test
    void shouldSeeAllocationsThatAreOff() {
        assertFault(lyingAboutAllocations(it -> it.removeIf(life -> life.bytes() == 40)), "the allocations say 120");
        assertFault(lyingAboutAllocations(it -> it.removeIf(life -> life.bytes() == 7)), "the allocations say 0");
        assertFault(lyingAboutAllocations(it -> it.add(it.get(0))), "is there twice");
        assertFault(
                lyingAboutAllocations(it -> it.replaceAll(life -> in(AllocationState.RESERVED, life))),
                "is RESERVED, its last entry says COMMITTED");
    }

    private static void assertFault(UsageStore lying, String fault) {
        assertThat(Conservation.faults(lying, "acme"))
                .anySatisfy(found -> assertThat(found).contains(fault));
    }

    private static Entry copy(Entry entry, EntryKind kind, long seq) {
        return new Entry(
                seq,
                kind,
                entry.id(),
                entry.account(),
                entry.category(),
                entry.generation(),
                entry.bytes(),
                entry.files(),
                entry.addedBytes(),
                entry.addedFiles(),
                entry.reason(),
                entry.actor(),
                entry.metadata(),
                entry.recordedAt(),
                entry.settledAt());
    }

    private static Allocation in(AllocationState state, Allocation life) {
        return new Allocation(
                life.spec(),
                state,
                life.generation(),
                life.attempt(),
                life.bytes(),
                life.bornAt(),
                life.deadline(),
                life.since());
    }

    /** A change of what one method of a sound store answers. */
    private interface Lie {
        @Nullable
        Object about(String method, Object truth);
    }

    private UsageStore lying(Lie lie) {
        return (UsageStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {UsageStore.class}, (proxy, method, arguments) -> {
                    try {
                        return lie.about(method.getName(), method.invoke(sound, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private UsageStore lyingAboutTotal(AccountId account, UnaryOperator<Usage> lie) {
        return lying((method, truth) ->
                truth instanceof AccountCounters usage && usage.account().equals(account)
                        ? new AccountCounters(
                                account, lie.apply(usage.total()), usage.categories(), usage.updatedAt(), usage.grace())
                        : truth);
    }

    private interface Change<T> {
        void apply(T truth);
    }

    private UsageStore lyingAboutCategories(Change<Map<Category, Usage>> lie) {
        return lying((method, truth) -> {
            if (truth instanceof AccountCounters usage) {
                Map<Category, Usage> categories = new HashMap<>(usage.categories());
                lie.apply(categories);
                return new AccountCounters(
                        usage.account(), usage.total(), categories, usage.updatedAt(), usage.grace());
            }
            return truth;
        });
    }

    private UsageStore lyingAboutEntries(Change<List<Entry>> lie) {
        return lying((method, truth) ->
                method.equals("entries") ? changed(sound.entries("acme", 0, Page.MAX_SIZE), lie) : truth);
    }

    private UsageStore lyingAboutAllocations(Change<List<Allocation>> lie) {
        @Nullable FileVersion first = null;
        return lying((method, truth) ->
                method.equals("allocations") ? changed(sound.allocations("acme", first, Page.MAX_SIZE), lie) : truth);
    }

    private static <T> Page<T> changed(Page<T> page, Change<List<T>> lie) {
        List<T> items = new ArrayList<>(page.items());
        lie.apply(items);
        return new Page<>(items, false);
    }
}
