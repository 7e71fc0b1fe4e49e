package io.github.quotaguard.spring.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.StorageQuota;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.spring.QuotaAutoConfiguration;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

class GuardedUploadTest {

    private static final AtomicInteger NEXT = new AtomicInteger();

    /** With a single connection: whoever reserves while a transaction is open does not get another. */
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(QuotaAutoConfiguration.class, QuotaUploadAutoConfiguration.class))
            .withUserConfiguration(Application.class)
            .withPropertyValues("quota.limits.bytes=1000", "quota.jdbc.initialize-schema=always");

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    @Import(Photos.class)
    static class Application {

        @Bean
        DataSource dataSource() {
            HikariDataSource pool = new HikariDataSource();
            pool.setJdbcUrl("jdbc:h2:mem:guarded" + NEXT.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
            pool.setMaximumPoolSize(1);
            pool.setConnectionTimeout(2_000);
            return pool;
        }

        @Bean
        JdbcTransactionManager transactionManager(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }
    }

    record Body(long size, String owner) {}

    /** What an application would write. */
    static class Photos {

        private final JdbcTemplate jdbc;

        Photos(DataSource dataSource) {
            this.jdbc = new JdbcTemplate(dataSource);
            jdbc.execute("CREATE TABLE photos (id VARCHAR(20) PRIMARY KEY)");
        }

        @Transactional
        @GuardedUpload(account = "#orgId", file = "'photo-' + #id", category = "image", bytes = "#body.size")
        public String store(String orgId, int id, Body body) {
            jdbc.update("INSERT INTO photos VALUES (?)", "photo-" + id);
            return "/photos/" + id;
        }

        @Transactional
        @GuardedUpload(account = "acme", file = "#id", bytes = "100")
        public void fail(String id) {
            jdbc.update("INSERT INTO photos VALUES (?)", id);
            throw new IllegalArgumentException("no image");
        }

        @Transactional(rollbackFor = Exception.class)
        @GuardedUpload(account = "acme", file = "#id", bytes = "100")
        public void commitThenFail(String id) throws IOException {
            CurrentReservation.get().commit();
            jdbc.update("INSERT INTO photos VALUES (?)", id);
            throw new IOException("disk full");
        }

        @GuardedUpload(account = "acme", file = "#id")
        public boolean count(String id, long bytes) {
            boolean isAlreadyStored = CurrentReservation.get().isAlreadyStored();
            CurrentReservation.get().commit(bytes);
            return isAlreadyStored;
        }

        @Transactional
        @GuardedUpload(account = "acme", file = "#id")
        public void forgetToCount(String id) {
            jdbc.update("INSERT INTO photos VALUES (?)", id);
        }

        @GuardedUpload(
                account = "#a0",
                file = "draft",
                version = "#p1",
                actor = "#body.owner",
                retainUntil = "#until",
                overwrite = true,
                bytes = "#body.size()")
        public void draft(String orgId, String version, Body body, Instant until) {}

        long photos() {
            return jdbc.queryForObject("SELECT count(*) FROM photos", Long.class);
        }
    }

    private void run(ContextConsumer<AssertableApplicationContext> test) {
        runner.run(test);
    }

    private static StorageQuota quota(AssertableApplicationContext context) {
        return context.getBean(QuotaService.class).storageQuota("acme");
    }

    private static Allocation file(AssertableApplicationContext context, String file) {
        return context.getBean(UploadGuard.class).find("acme", file).orElseThrow();
    }

    @Test
    void shouldReserveBeforeTheTransactionAndCommitInIt() {
        run(context -> {
            assertThat(context.getBean(Photos.class).store("acme", 1, new Body(400, "alice")))
                    .isEqualTo("/photos/1");

            assertThat(quota(context).usedQuota()).isEqualTo(400);
            assertThat(file(context, "photo-1").spec().category().name()).isEqualTo("image");
            assertThat(context.getBean(Photos.class).photos()).isEqualTo(1);
        });
    }

    @Test
    void shouldRefuseWhatDoesNotFitWithoutRunningTheMethod() {
        run(context -> {
            assertThatExceptionOfType(QuotaExceededException.class)
                    .isThrownBy(() -> context.getBean(Photos.class).store("acme", 1, new Body(1_001, "alice")));

            assertThat(context.getBean(Photos.class).photos()).isZero();
        });
    }

    @Test
    void shouldReleaseWhenTheMethodThrows() {
        run(context -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.getBean(Photos.class).fail("photo-1"))
                    .withMessage("no image");

            assertThat(file(context, "photo-1").state()).isEqualTo(AllocationState.RELEASED);
            assertThat(context.getBean(Photos.class).photos()).isZero();
        });
    }

    @Test
    void shouldTakeTheCommitBackWithItsTransaction() {
        run(context -> {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> context.getBean(Photos.class).commitThenFail("photo-1"));

            await().untilAsserted(
                            () -> assertThat(quota(context).availableQuota()).hasValue(1_000));
            assertThat(file(context, "photo-1").state()).isEqualTo(AllocationState.RELEASED);
            assertThat(context.getBean(Photos.class).photos()).isZero();
        });
    }

    @Test
    void shouldLetTheMethodSayHowLargeAnUploadOfUnknownSizeWas() {
        run(context -> {
            assertThat(context.getBean(Photos.class).count("photo-1", 700)).isFalse();
            assertThat(quota(context).usedQuota()).isEqualTo(700);

            assertThat(context.getBean(Photos.class).count("photo-1", 700)).isTrue();
            assertThat(quota(context).usedQuota()).isEqualTo(700);
            assertThatExceptionOfType(QuotaExceededException.class)
                    .isThrownBy(() -> context.getBean(Photos.class).count("photo-2", 301));
            assertThat(file(context, "photo-2").state()).isEqualTo(AllocationState.RELEASED);
        });
    }

    @Test
    void shouldRollTheTransactionBackWhenTheCommitFails() {
        run(context -> {
            assertThatIllegalStateException()
                    .isThrownBy(() -> context.getBean(Photos.class).forgetToCount("photo-1"))
                    .withMessageContaining("commit(bytes) has to name it");

            assertThat(file(context, "photo-1").state()).isEqualTo(AllocationState.RELEASED);
            assertThat(context.getBean(Photos.class).photos()).isZero();
        });
    }

    @Test
    void shouldPassOnAllThatAnUploadCanSay() {
        Instant until = Instant.parse("2030-01-01T00:00:00Z");
        run(context -> {
            Photos photos = context.getBean(Photos.class);
            photos.draft("acme", "v1", new Body(600, "alice"), null);

            photos.draft("acme", "v2", new Body(700, "bob"), until);

            Allocation draft = context.getBean(UploadGuard.class)
                    .find("acme", "draft", "v2")
                    .orElseThrow();
            assertThat(draft.spec().actor()).isEqualTo("bob");
            assertThat(draft.spec().retainUntil()).isEqualTo(until);
            assertThat(quota(context).usedQuota()).isEqualTo(700);
        });
    }

    @Test
    void shouldSayWhichValueIsMissingInACall() {
        run(context -> assertThatIllegalArgumentException()
                .isThrownBy(() -> context.getBean(Photos.class).store(null, 1, new Body(400, "alice")))
                .withMessageContaining("account = \"#orgId\"")
                .withMessageContaining("null in this call"));
    }

    @Test
    void shouldHaveNoReservationOutsideOfAGuardedMethod() {
        run(context -> {
            context.getBean(Photos.class).store("acme", 1, new Body(400, "alice"));

            assertThat(CurrentReservation.find()).isEmpty();
            assertThatIllegalStateException()
                    .isThrownBy(CurrentReservation::get)
                    .withMessageContaining("within its own bean");
        });
    }

    @Test
    void shouldGuardNothingWhenItIsDisabled() {
        runner.withPropertyValues("quota.enabled=false")
                .run(context -> assertThat(context.getBean(Photos.class).store("acme", 1, new Body(1_001, "alice")))
                        .isEqualTo("/photos/1"));
    }
}
