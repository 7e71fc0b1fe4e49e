package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.StorageQuota;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.SqlInventory;
import io.github.quotaguard.reconcile.FileInventory;
import io.github.quotaguard.reconcile.ReconcileOptions;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.reconcile.Verifier;
import io.github.quotaguard.spring.upload.GuardedUpload;
import io.github.quotaguard.spring.upload.QuotaUploadAutoConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

/** Two nodes of an application on one database, with a tenant near its limit. */
class TwoNodesTest {

    private static final int NODES = 2;
    private static final int THREADS = 8;
    private static final int ROUNDS = Integer.getInteger("quotaguard.rounds", 60);
    private static final long LIMIT = 20_000;
    private static final long SEED = Long.getLong("quotaguard.seed", System.nanoTime());

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    @ImportAutoConfiguration({QuotaAutoConfiguration.class, QuotaUploadAutoConfiguration.class})
    @Import(Files.class)
    static class Node {

        @Bean
        JdbcTransactionManager transactionManager(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }

        @Bean
        FileInventory inventory(DataSource dataSource) {
            return SqlInventory.builder(dataSource)
                    .table(
                            "SELECT id AS file, size AS bytes, stored_at AS last_modified FROM files WHERE owner = :account",
                            "SELECT id AS file, size AS bytes, stored_at AS last_modified FROM files WHERE owner = :account AND id IN (:files)")
                    .build();
        }
    }

    static class Files {

        private final JdbcTemplate jdbc;
        private final UploadGuard guard;

        Files(DataSource dataSource, UploadGuard guard) {
            this.jdbc = new JdbcTemplate(dataSource);
            this.guard = guard;
        }

        @Transactional
        @GuardedUpload(account = "acme", file = "#id", bytes = "#size")
        public void store(String id, long size, boolean isToFail) {
            jdbc.update("INSERT INTO files (id, size) VALUES (?, ?)", id, size);
            if (isToFail) {
                throw new IllegalStateException("as disks do");
            }
        }

        @Transactional
        public void delete(String id) {
            jdbc.update("DELETE FROM files WHERE id = ?", id);
            guard.delete("acme", id);
        }
    }

    private static ConfigurableApplicationContext start(DataSource pool) {
        return new SpringApplicationBuilder(Node.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "quota.limits.bytes=" + LIMIT,
                        "quota.jdbc.initialize-schema=always",
                        "spring.main.banner-mode=off")
                .initializers(context -> context.getBeanFactory().registerSingleton("dataSource", pool))
                .run();
    }

    private static HikariDataSource pool(String url) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setMaximumPoolSize(THREADS + 2);
        return pool;
    }

    private static final class Counts {
        final AtomicLong stored = new AtomicLong();
        final AtomicLong refused = new AtomicLong();
        final AtomicLong highest = new AtomicLong();
    }

    @Test
    void shouldNeverPassTheLimitAndLeaveNoDrift(TestReporter reporter) throws Exception {
        String url = SpringStage.Database.POSTGRESQL.url();
        try (HikariDataSource first = pool(url);
                HikariDataSource second = pool(url)) {
            new JdbcTemplate(first)
                    .execute(
                            "CREATE TABLE files (id VARCHAR(40) PRIMARY KEY, size BIGINT NOT NULL, owner VARCHAR(40) DEFAULT 'acme', stored_at TIMESTAMPTZ DEFAULT now())");
            try (ConfigurableApplicationContext one = start(first);
                    ConfigurableApplicationContext other = start(second)) {
                Counts counts = storm(List.of(one, other));

                reporter.publishEntry(Map.of(
                        "stored", counts.stored.toString(),
                        "refused", counts.refused.toString(),
                        "highest", counts.highest.toString(),
                        "quotaguard.seed", Long.toString(SEED)));
                assertThat(counts.stored).as("seed %s", SEED).hasPositiveValue();
                assertThat(counts.refused).as("seed %s", SEED).hasPositiveValue();
                assertThat(counts.highest).as("seed %s", SEED).hasValueBetween(LIMIT / 2, LIMIT);
                requireNoDrift(one);
            }
        }
    }

    private static void requireNoDrift(ConfigurableApplicationContext node) {
        long files = new JdbcTemplate(node.getBean(DataSource.class))
                .queryForObject("SELECT coalesce(sum(size), 0) FROM files", Long.class);
        StorageQuota quota = node.getBean(QuotaService.class).storageQuota("acme");
        assertThat(quota.usedQuota()).as("seed %s", SEED).isEqualTo(files);
        await().untilAsserted(() ->
                assertThat(node.getBean(Verifier.class).verify("acme")).isEmpty());
        ReconcileOptions options =
                ReconcileOptions.builder().settling(Duration.ZERO).build();
        assertThat(node.getBean(Reconciler.class).diagnose("acme", options).isConsistent())
                .as("seed %s", SEED)
                .isTrue();
    }

    private static Counts storm(List<ConfigurableApplicationContext> nodes) throws Exception {
        Counts counts = new Counts();
        AtomicBoolean isOver = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(NODES * THREADS + 1);
        try {
            Future<?> reader = threads.submit(() -> read(nodes.get(0), counts, isOver));
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int thread = 0; thread < NODES * THREADS; thread++) {
                Files files = nodes.get(thread % NODES).getBean(Files.class);
                int number = thread;
                tasks.add(() -> work(files, number, counts));
            }
            for (Future<Void> task : threads.invokeAll(tasks)) {
                task.get();
            }
            isOver.set(true);
            reader.get();
        } finally {
            threads.shutdownNow();
        }
        return counts;
    }

    private static void read(ConfigurableApplicationContext node, Counts counts, AtomicBoolean isOver) {
        QuotaService quotas = node.getBean(QuotaService.class);
        while (!isOver.get()) {
            StorageQuota quota = quotas.storageQuota("acme");
            counts.highest.accumulateAndGet(quota.usedQuota() + quota.reservedQuota(), Math::max);
        }
    }

    private static Void work(Files files, int thread, Counts counts) {
        Random random = new Random(SEED + thread);
        List<String> own = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            String id = thread + "-" + round;
            boolean isToFail = random.nextInt(10) == 0;
            try {
                files.store(id, 1 + random.nextInt(1_500), isToFail);
                own.add(id);
                counts.stored.incrementAndGet();
            } catch (QuotaExceededException e) {
                counts.refused.incrementAndGet();
            } catch (IllegalStateException e) {
                assertThat(isToFail).as(e.toString()).isTrue();
            }
            if (!own.isEmpty() && random.nextInt(3) == 0) {
                files.delete(own.remove(random.nextInt(own.size())));
            }
        }
        return null;
    }
}
