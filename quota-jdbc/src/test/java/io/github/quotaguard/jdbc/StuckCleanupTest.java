package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.cleanup.CleanupRequest;
import io.github.quotaguard.cleanup.CleanupResult;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A tenant whose counters are too low keeps no other from being cleaned up. */
class StuckCleanupTest {

    @OnEachServer
    void shouldGoOnWhereSomethingCanNotBeFreed(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database)) {
            UploadGuard guard = UploadGuard.builder(stage.store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                    .build();
            Set<String> files = ConcurrentHashMap.newKeySet();
            for (String tenant : new String[] {"a-stuck", "b-good"}) {
                guard.reserve(Upload.of(tenant, "draft", 10)
                                .retainUntil(Instant.now().minus(Duration.ofHours(1))))
                        .commit();
                files.add(tenant);
            }
            stage.sweep();
            TestDatabase.execute(stage.pool, "UPDATE quota_usage SET used_bytes = 0 WHERE tenant = 'a-stuck'");

            CleanupResult result = TemporaryFiles.of(stage.store, file -> files.remove(file.tenant()))
                    .cleanup(CleanupRequest.all());

            assertThat(files).isEmpty();
            assertThat(result.cleanedAttachments()).containsExactly(new FileVersion("b-good", "draft", ""));
            assertThat(result.failures()).containsOnlyKeys(new FileVersion("a-stuck", "draft", ""));
            assertThat(result.failures().values())
                    .allSatisfy(failure -> assertThat(failure).startsWith("deleted, and still charged: "));
            assertThat(stage.usage("b-good")).isEqualTo(Usage.NONE);
            TestDatabase.execute(stage.pool, "UPDATE quota_usage SET used_bytes = 10 WHERE tenant = 'a-stuck'");
        }
    }
}
