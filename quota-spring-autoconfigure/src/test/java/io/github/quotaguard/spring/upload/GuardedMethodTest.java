package io.github.quotaguard.spring.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.spring.QuotaAutoConfiguration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What is wrong with an annotation is said at the start, not with the first upload. */
class GuardedMethodTest {

    static Arguments[] wrongAnnotations() {
        return new Arguments[] {
            Arguments.of(OfAPrivateMethod.class, "it is private, static or final"),
            Arguments.of(OfAFinalMethod.class, "it is private, static or final"),
            Arguments.of(OfAFuture.class, "it returns a CompletableFuture, before the upload is stored"),
            Arguments.of(OfAStage.class, "it returns a CompletionStage, before the upload is stored"),
            Arguments.of(OfACallable.class, "it returns a Callable, before the upload is stored"),
            Arguments.of(OfAnotherParameter.class, "names #orgid, but its parameters are [orgId]"),
            Arguments.of(OfHalfAnExpression.class, "file = \"'photo- + #orgId\" is no expression"),
        };
    }

    static class OfAPrivateMethod {
        @GuardedUpload(account = "#orgId", file = "photo", bytes = "1")
        private String store(String orgId) {
            return orgId;
        }

        String call() {
            return store("acme");
        }
    }

    static class OfAFinalMethod {
        @GuardedUpload(account = "#orgId", file = "photo", bytes = "1")
        final void store(String orgId) {}
    }

    static class OfAFuture {
        @GuardedUpload(account = "#orgId", file = "photo", bytes = "1")
        CompletableFuture<String> store(String orgId) {
            return CompletableFuture.completedFuture(orgId);
        }
    }

    static class OfAStage {
        @GuardedUpload(account = "#orgId", file = "photo", bytes = "1")
        CompletionStage<String> store(String orgId) {
            return CompletableFuture.completedStage(orgId);
        }
    }

    static class OfACallable {
        @GuardedUpload(account = "#orgId", file = "photo", bytes = "1")
        Callable<String> store(String orgId) {
            return () -> orgId;
        }
    }

    static class OfAnotherParameter {
        @GuardedUpload(account = "#orgid", file = "photo", bytes = "1")
        void store(String orgId) {}
    }

    static class OfHalfAnExpression {
        @GuardedUpload(account = "#orgId", file = "'photo- + #orgId", bytes = "1")
        void store(String orgId) {}
    }

    @ParameterizedTest
    @MethodSource("wrongAnnotations")
    void shouldNotStartWithAWrongAnnotation(Class<?> bean, String reason) {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(QuotaAutoConfiguration.class, QuotaUploadAutoConfiguration.class))
                .withUserConfiguration(bean)
                .run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(context.getStartupFailure())
                            .rootCause()
                            .hasMessageContaining("@GuardedUpload on " + bean.getName() + ".store")
                            .hasMessageContaining(reason);
                });
    }
}
