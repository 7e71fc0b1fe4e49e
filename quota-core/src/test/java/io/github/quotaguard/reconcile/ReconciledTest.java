package io.github.quotaguard.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.contract.Conservation;
import io.github.quotaguard.contract.SettableClock;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.FileVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A store in memory, and files in memory that may differ from it. */
abstract class ReconciledTest {

    static final String ACCOUNT = "testuser2";

    final SettableClock clock = new SettableClock();
    final InMemoryUsageStore store = new InMemoryUsageStore(clock);
    final UploadGuard guard = UploadGuard.builder(store)
            .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
            .clock(clock)
            .build();
    final List<StoredFile> files = new ArrayList<>();
    final FileInventory inventory = FileInventory.of(files);
    final Reconciler reconciler = Reconciler.of(store, inventory);

    @AfterEach
    void booksAgree() {
        Conservation.assertHolds(store, ACCOUNT);
    }

    /** Stores a file a moment before whatever comes next, since what is stored while an account is looked at is no drift. */
    void stored(Upload upload) {
        guard.reserve(upload).commit();
        clock.advance(Duration.ofMillis(1));
    }

    void upload(String file, long bytes) {
        stored(Upload.of(ACCOUNT, file, bytes).category("image"));
    }

    /** Leaves a file that is old enough not to be taken for an upload under way. */
    StoredFile there(String file, long bytes, @Nullable String category) {
        StoredFile there = file(ACCOUNT, file, bytes, category, clock.instant().minus(Duration.ofDays(1)));
        files.add(there);
        return there;
    }

    static StoredFile file(String account, String file, long bytes, @Nullable String category, Instant modified) {
        AccountId owner = AccountId.of(account);
        return new StoredFile(
                new FileVersion(owner.tenant(), file, FileVersion.NO_VERSION),
                owner,
                category == null ? null : new Category(category),
                bytes,
                modified);
    }

    void uploadedAndThere(int from, int to, long bytes) {
        for (int i = from; i < to; i++) {
            upload("f" + i, bytes);
            there("f" + i, bytes, "image");
        }
    }

    long used() {
        return store.usage(AccountId.of(ACCOUNT)).total().usedBytes();
    }

    static void assertConsistent(DriftReport report) {
        assertThat(report.isConsistent()).as(report.toString()).isTrue();
    }
}
