package io.github.quotaguard.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.FileVersion;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FileInventoryTest {

    private static final AccountId ACME = AccountId.of("acme");

    private static StoredFile file(String file) {
        return ReconciledTest.file("acme", file, 1, null, Instant.EPOCH);
    }

    @Test
    void shouldFindByListingUnlessThereIsAFasterWay() {
        FileInventory listing = account -> Stream.of(file("a"), file("b"), file("c"));

        assertThat(listing.find(ACME, Set.of(file("a").id(), file("c").id(), new FileVersion("acme", "a", "v2"))))
                .containsExactlyInAnyOrder(file("a"), file("c"));
        assertThat(listing.tenants()).isEmpty();
    }

    @Test
    void shouldJoinSeveralInventories() {
        FileInventory joined = FileInventory.allOf(
                FileInventory.of(List.of(file("a"))),
                FileInventory.of(List.of(file("b"), ReconciledTest.file("other", "x", 1, null, Instant.EPOCH))));

        assertThat(joined.list(ACME)).containsExactly(file("a"), file("b"));
        assertThat(joined.find(ACME, Set.of(file("b").id()))).containsExactly(file("b"));
        assertThat(joined.tenants()).containsExactly("acme", "other");
    }
}
