package io.github.quotaguard.spring.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.spring.QuotaAutoConfiguration;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.interceptor.AsyncUncaughtExceptionHandler;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What else may stand around a guarded method: a row without its charge must not come of it. */
class GuardedUploadOrderTest {

    private static final AtomicInteger NEXT = new AtomicInteger();

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
            pool.setJdbcUrl("jdbc:h2:mem:order" + NEXT.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
            return pool;
        }

        @Bean
        JdbcTransactionManager transactionManager(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods
    static class Retrying {}

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class InOtherThreads {}

    @Configuration(proxyBeanMethods = false)
    @EnableAsync(order = Ordered.HIGHEST_PRECEDENCE + 1)
    @Import(Uncaught.class)
    static class InOtherThreadsWithin {}

    static class Uncaught implements AsyncConfigurer {

        private final AtomicReference<Throwable> last = new AtomicReference<>();

        @Override
        public AsyncUncaughtExceptionHandler getAsyncUncaughtExceptionHandler() {
            return (failure, method, arguments) -> last.set(failure);
        }
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface Twice {}

    /** A retry that an application has written itself, which stands within the reservation. */
    @Configuration(proxyBeanMethods = false)
    static class RetryingWithin {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static DefaultPointcutAdvisor twice() {
            MethodInterceptor retry = invocation -> {
                try {
                    return ((ProxyMethodInvocation) invocation).invocableClone().proceed();
                } catch (TransientDataAccessResourceException e) {
                    return invocation.proceed();
                }
            };
            DefaultPointcutAdvisor advisor =
                    new DefaultPointcutAdvisor(new AnnotationMatchingPointcut(null, Twice.class, true), retry);
            advisor.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return advisor;
        }
    }

    static class Photos {

        private final JdbcTemplate jdbc;
        private final AtomicInteger failures = new AtomicInteger(1);

        Photos(DataSource dataSource) {
            this.jdbc = new JdbcTemplate(dataSource);
            jdbc.execute("CREATE TABLE photos (id VARCHAR(20) PRIMARY KEY)");
        }

        @Retryable(delay = 1)
        @Transactional
        @GuardedUpload(account = "acme", file = "#id", bytes = "100")
        public void storeRepeatedly(String id) {
            store(id);
        }

        @Twice
        @Transactional
        @GuardedUpload(account = "acme", file = "#id", bytes = "100")
        public void storeTwice(String id) {
            store(id);
        }

        @Async
        @Transactional
        @GuardedUpload(account = "acme", file = "#id", bytes = "100")
        public void storeLater(String id) {
            store(id);
        }

        @Async
        @GuardedUpload(account = "acme", file = "#id", bytes = "100")
        public void storeLaterWithoutTransaction(String id) {
            store(id);
        }

        @Transactional
        @GuardedUpload(account = "acme", file = "#id", bytes = "100")
        public void storeAgain(String id, Runnable meanwhile) {
            meanwhile.run();
            jdbc.update("MERGE INTO photos VALUES (?)", id);
        }

        /** The first time its transaction fails at its end, after everything in it was done. */
        private void store(String id) {
            jdbc.update("INSERT INTO photos VALUES (?)", id);
            if (TransactionSynchronizationManager.isSynchronizationActive()) {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void beforeCommit(boolean readOnly) {
                        if (failures.getAndDecrement() > 0) {
                            throw new TransientDataAccessResourceException("connection lost");
                        }
                    }
                });
            }
        }

        void failNoMore() {
            failures.set(0);
        }

        long photos() {
            return jdbc.queryForObject("SELECT count(*) FROM photos", Long.class);
        }
    }

    private static long used(AssertableApplicationContext context) {
        return context.getBean(QuotaService.class).storageQuota("acme").usedQuota();
    }

    @Test
    void shouldReserveAndCommitEveryAttemptOfARetry() {
        runner.withUserConfiguration(Retrying.class).run(context -> {
            Photos photos = context.getBean(Photos.class);

            photos.storeRepeatedly("photo-1");

            assertThat(photos.photos()).isEqualTo(1);
            assertThat(used(context)).isEqualTo(100);
        });
    }

    /** The first attempt's rollback may have released the reservation by then. */
    @Test
    void shouldNotStoreUnchargedWhereAnAttemptWasRolledBackWithinTheReservation() {
        runner.withUserConfiguration(RetryingWithin.class).run(context -> {
            Photos photos = context.getBean(Photos.class);

            try {
                photos.storeTwice("photo-1");
            } catch (ReservationEndedException e) {
                assertThat(photos.photos()).isZero();
            }

            assertThat(used(context)).isEqualTo(100 * photos.photos());
        });
    }

    @Test
    void shouldReserveInTheThreadThatStores() {
        runner.withUserConfiguration(InOtherThreads.class).run(context -> {
            Photos photos = context.getBean(Photos.class);
            photos.failNoMore();

            photos.storeLater("photo-1");

            await().untilAsserted(() -> assertThat(photos.photos()).isEqualTo(1));
            assertThat(used(context)).isEqualTo(100);
        });
    }

    @Test
    void shouldNotRunInAThreadThatHoldsNoReservation() {
        runner.withUserConfiguration(InOtherThreadsWithin.class).run(context -> {
            Photos photos = context.getBean(Photos.class);

            photos.storeLaterWithoutTransaction("photo-1");

            await().untilAsserted(() -> assertThat(
                            context.getBean(Uncaught.class).last.get())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("@GuardedUpload"));
            assertThat(photos.photos()).isZero();
        });
    }

    @Test
    void shouldNotStoreUnchargedWhatWasDeletedSinceItWasFoundToBeStored() {
        runner.run(context -> {
            Photos photos = context.getBean(Photos.class);
            UploadGuard guard = context.getBean(UploadGuard.class);
            photos.storeAgain("photo-1", () -> {});

            assertThatExceptionOfType(ReservationEndedException.class)
                    .isThrownBy(() ->
                            photos.storeAgain("photo-1", () -> inOtherThread(() -> guard.delete("acme", "photo-1"))));

            assertThat(used(context)).isZero();
        });
    }

    private static void inOtherThread(Runnable work) {
        CompletableFuture.runAsync(work).join();
    }
}
