package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.cleanup.CleanupRequest;
import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.reconcile.FileInventory;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.reconcile.StoredFile;
import io.github.quotaguard.reconcile.Verifier;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.FileVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class FilesConfigurationTest {

    private static final Instant LAST_YEAR = Instant.parse("2025-11-21T12:00:00Z");

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(QuotaAutoConfiguration.class));

    private static FileInventory inventoryOf(String file, long bytes) {
        return FileInventory.of(List.of(new StoredFile(
                new FileVersion("testuser2", file, ""), AccountId.of("testuser2"), null, bytes, LAST_YEAR)));
    }

    @Test
    void shouldCompareTheRecordsWithAllThatTheApplicationHolds() {
        runner.withBean("images", FileInventory.class, () -> inventoryOf("photo-1", 438_407))
                .withBean("documents", FileInventory.class, () -> inventoryOf("contract", 1_000))
                .run(context -> assertThat(context.getBean(Reconciler.class)
                                .diagnose("testuser2")
                                .difference())
                        .isEqualTo(439_407));
    }

    @Test
    void shouldDeleteTemporaryFilesAsTheApplicationSays() {
        List<String> deleted = new ArrayList<>();
        runner.withBean(FileDeleter.class, () -> file -> deleted.add(file.file()))
                .run(context -> {
                    context.getBean(UploadGuard.class)
                            .upload(Upload.of("acme", "draft-1", 400).retainUntil(LAST_YEAR), reservation -> "kept");

                    assertThat(context.getBean(TemporaryFiles.class)
                                    .cleanup(CleanupRequest.all())
                                    .freedSpace())
                            .isEqualTo(400);
                    assertThat(deleted).containsExactly("draft-1");
                });
    }

    @Test
    void shouldVerifyTheRecords() {
        runner.run(context ->
                assertThat(context.getBean(Verifier.class).verify("acme")).isEmpty());
    }

    @Test
    void shouldNotGuessWhichFilesThereAre() {
        runner.run(
                context -> assertThat(context).doesNotHaveBean(Reconciler.class).doesNotHaveBean(TemporaryFiles.class));
    }

    @Test
    void shouldBackOffFromTheApplicationsOwn() {
        FileInventory inventory = inventoryOf("photo-1", 438_407);
        runner.withBean(FileInventory.class, () -> inventory)
                .withBean("own", Reconciler.class, () -> Reconciler.of(new InMemoryUsageStore(), inventory))
                .run(context ->
                        assertThat(context).hasSingleBean(Reconciler.class).hasBean("own"));
    }
}
