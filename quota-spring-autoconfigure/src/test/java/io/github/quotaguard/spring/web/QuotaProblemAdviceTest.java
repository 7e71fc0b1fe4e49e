package io.github.quotaguard.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;

import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.spring.QuotaAutoConfiguration;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.UsageStoreException;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

class QuotaProblemAdviceTest {

    private static final long MIB = 1_048_576;

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DispatcherServletAutoConfiguration.class,
                    WebMvcAutoConfiguration.class,
                    HttpMessageConvertersAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    QuotaAutoConfiguration.class,
                    QuotaWebAutoConfiguration.class));

    @RestController
    record FailingController(Callable<String> work) {

        @PostMapping("/uploads")
        String upload() throws Exception {
            return work.call();
        }
    }

    @Test
    void shouldSayByHowMuchAnUploadDoesNotFit() {
        MockHttpServletResponse response = answer(runner, exceeded(QuotaLimits.ofBytes(10 * MIB), 438_407, 20 * MIB));

        assertThat(response.getStatus()).isEqualTo(507);
        assertThat(problem(response))
                .containsOnly(
                        entry("type", "urn:quotaguard:problem:quota-exceeded"),
                        entry("title", "Storage quota exceeded"),
                        entry("status", 507),
                        entry(
                                "detail",
                                "acme has 9.5 MiB (10,047,353 B) left, and 20.0 MiB (20,971,520 B) are needed."
                                        + " Used are 0 B of 10.0 MiB (10,485,760 B), held for uploads under way"
                                        + " 428.1 KiB (438,407 B)."),
                        entry("instance", "/uploads"),
                        entry("account", "acme"),
                        entry("metric", "BYTES"),
                        entry("requested", 20_971_520),
                        entry("used", 0),
                        entry("reserved", 438_407),
                        entry("limit", 10_485_760),
                        entry("available", 10_047_353));
    }

    @Test
    void shouldNameTheCategoryThatIsFull() {
        assertThat(problem(answer(runner, exceeded(QuotaLimits.unlimited().withBytes("image", 10), 0, 11))))
                .containsEntry("type", "urn:quotaguard:problem:quota-exceeded")
                .containsEntry("metric", "CATEGORY_BYTES")
                .containsEntry("category", "image")
                .containsEntry(
                        "detail",
                        "acme has 10 B left for image, and 11 B are needed."
                                + " Used are 0 B of 10 B, held for uploads under way 0 B.");
    }

    @Test
    void shouldSayHowManyFilesThereMayBe() {
        assertThat(problem(answer(runner, exceeded(QuotaLimits.unlimited().withFiles(1), 10, 10))))
                .containsEntry("metric", "FILES")
                .containsEntry("detail", "acme may have 1 files. It has 0, and 1 are being uploaded.");
    }

    @Test
    void shouldSaySinceWhenTheGraceIsOver() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
        UploadGuard guard = UploadGuard.builder(new InMemoryUsageStore(now::get))
                .policy(QuotaPolicy.fixed(QuotaLimits.unlimited().withSoftBytes(10, Duration.ofDays(7))))
                .build();
        guard.reserve(Upload.of("acme", "photo-1", 11)).commit();
        now.set(now.get().plus(Duration.ofDays(8)));

        assertThat(problem(answer(runner, thrownBy(() -> guard.reserve(Upload.of("acme", "photo-2", 1))))))
                .containsEntry("metric", "SOFT_BYTES")
                .containsEntry("graceEndedAt", "2026-11-28T12:00:00Z")
                .containsEntry(
                        "detail",
                        "acme has used 11 B, and 0 B are held for uploads under way."
                                + " More than 10 B was allowed until 2026-11-28T12:00:00Z.");
    }

    @Test
    void shouldAnswerWithTheStatusThatIsSet() {
        MockHttpServletResponse response = answer(
                runner.withPropertyValues("quota.web.exceeded-status=403"), exceeded(QuotaLimits.ofBytes(10), 0, 11));

        assertThat(response.getStatus()).isEqualTo(403);
        assertThat(problem(response)).containsEntry("status", 403);
    }

    @Test
    void shouldSayThatAFileIsTooLargeByItselfEvenWhereLessIsLeft() {
        QuotaLimits limits = QuotaLimits.ofBytes(100).withBytesPerFile(80);
        MockHttpServletResponse response =
                answer(runner.withPropertyValues("quota.web.exceeded-status=403"), exceeded(limits, 50, 81));

        assertThat(response.getStatus()).isEqualTo(413);
        assertThat(problem(response))
                .containsEntry("type", "urn:quotaguard:problem:file-too-large")
                .containsEntry("metric", "FILE_BYTES")
                .containsEntry("limit", 80)
                .containsEntry("detail", "The file has 81 B, and acme allows 80 B per file.");
    }

    @Test
    void shouldAnswerAConflictWithoutWhatStandsThere() {
        UploadGuard guard = guard(QuotaLimits.unlimited());
        guard.reserve(Upload.of("acme/user-7", "photo-1", 10)).commit();
        MockHttpServletResponse response =
                answer(runner, thrownBy(() -> guard.reserve(Upload.of("acme/user-8", "photo-1", 10))));

        assertThat(response.getStatus()).isEqualTo(409);
        assertThat(problem(response))
                .containsOnlyKeys("type", "title", "status", "detail", "instance")
                .containsEntry("type", "urn:quotaguard:problem:conflict");
        assertThat(problem(response).toString()).doesNotContain("user-7");
    }

    @Test
    void shouldAnswerAReservationThatHasEnded() {
        Reservation reservation = guard(QuotaLimits.unlimited()).reserve(Upload.of("acme", "photo-1", 10));
        reservation.release();
        MockHttpServletResponse response = answer(runner, thrownBy(reservation::commit));

        assertThat(response.getStatus()).isEqualTo(409);
        assertThat(problem(response)).containsEntry("type", "urn:quotaguard:problem:reservation-ended");
    }

    @Test
    void shouldAskToTryAgainWhenTheAccountIsBusy() {
        MockHttpServletResponse response = answer(runner, busy());

        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getHeader("Retry-After")).isEqualTo("5");
        assertThat(problem(response)).containsEntry("type", "urn:quotaguard:problem:busy");
    }

    @Test
    void shouldAskToTryAgainWhenTheStoreIsAway() {
        MockHttpServletResponse response = answer(
                runner.withPropertyValues("quota.web.retry-after=2m"),
                new UsageStoreException("SELECT * FROM quota_counter", true, new IOException("10.1.2.3 refused")));

        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getHeader("Retry-After")).isEqualTo("120");
        assertThat(problem(response))
                .containsOnlyKeys("type", "title", "status", "detail", "instance")
                .containsEntry("type", "urn:quotaguard:problem:store-unavailable");
        assertThat(problem(response).toString()).doesNotContain("quota_counter").doesNotContain("10.1.2.3");
    }

    @Test
    void shouldNotAskToTryAgainWhereThatCanNotHelp() {
        MockHttpServletResponse response =
                answer(runner, new UsageStoreException("the transaction is read-only", false, null));

        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getHeader("Retry-After")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "spring.mvc.problemdetails.enabled=true"})
    void shouldFindARefusalBehindABodyThatCouldNotBeRead(String property) {
        QuotaExceededException refusal = exceeded(QuotaLimits.ofBytes(10), 0, 11);
        Exception unreadable = new HttpMessageNotReadableException(
                "unreadable",
                new IOException("an earlier read failed", refusal),
                new ServletServerHttpRequest(new MockHttpServletRequest()));

        assertThat(answer(runner.withPropertyValues(property), unreadable).getStatus())
                .isEqualTo(507);
    }

    @Test
    void shouldLeaveTheApplicationsExceptionsAlone() {
        runner.withBean(FailingController.class, () -> failing(new IllegalArgumentException("mine")))
                .run(context -> assertThat(catchThrowableOfType(ServletException.class, () -> post(context)))
                        .hasRootCauseInstanceOf(IllegalArgumentException.class));
    }

    @Test
    void shouldAnswerAlsoWhoAsksForSomethingElse() {
        runner.withBean(FailingController.class, () -> failing(exceeded(QuotaLimits.ofBytes(10), 0, 11)))
                .run(context -> assertThat(problem(MockMvcBuilders.webAppContextSetup(context)
                                .build()
                                .perform(MockMvcRequestBuilders.post("/uploads").accept("text/html"))
                                .andReturn()
                                .getResponse()))
                        .containsEntry("status", 507));
    }

    @ControllerAdvice
    @Order(QuotaProblemAdvice.ORDER - 1)
    static final class OwnAdvice {

        @ExceptionHandler
        ResponseEntity<String> handle(QuotaExceededException e) {
            return ResponseEntity.status(402).body("buy more");
        }
    }

    @Test
    void shouldBackOffFromAnAdviceOfTheApplicationThatComesFirst() {
        assertThat(answer(runner.withBean(OwnAdvice.class), exceeded(QuotaLimits.ofBytes(10), 0, 11))
                        .getStatus())
                .isEqualTo(402);
    }

    @RestController
    static final class HandlingController {

        @PostMapping("/uploads")
        String upload() {
            return guard(QuotaLimits.ofBytes(10))
                    .reserve(Upload.of("acme", "photo-1", 11))
                    .toString();
        }

        @ExceptionHandler
        ResponseEntity<String> handle(QuotaExceededException e) {
            return ResponseEntity.status(402).build();
        }
    }

    @Test
    void shouldBackOffFromAHandlerInTheController() {
        runner.withBean(HandlingController.class)
                .run(context -> assertThat(post(context).getStatus()).isEqualTo(402));
    }

    @ControllerAdvice
    static final class CatchAll extends ResponseEntityExceptionHandler {

        @ExceptionHandler
        ResponseEntity<String> handleAll(RuntimeException e) {
            return ResponseEntity.internalServerError().build();
        }
    }

    @Test
    void shouldNotBeHiddenByAnAdviceForEverything() {
        assertThat(answer(runner.withBean(CatchAll.class), exceeded(QuotaLimits.ofBytes(10), 0, 11))
                        .getStatus())
                .isEqualTo(507);
    }

    private static FailingController failing(Exception failure) {
        return new FailingController(() -> {
            throw failure;
        });
    }

    private static MockHttpServletResponse answer(WebApplicationContextRunner runner, Exception failure) {
        AtomicReference<MockHttpServletResponse> response = new AtomicReference<>();
        runner.withBean(FailingController.class, () -> failing(failure)).run(context -> response.set(post(context)));
        return response.get();
    }

    private static MockHttpServletResponse post(WebApplicationContext context) throws Exception {
        return MockMvcBuilders.webAppContextSetup(context)
                .build()
                .perform(MockMvcRequestBuilders.post("/uploads"))
                .andReturn()
                .getResponse();
    }

    private static Map<String, Object> problem(MockHttpServletResponse response) {
        assertThat(response.getContentType()).isEqualTo("application/problem+json");
        try {
            return WebStage.json(response.getContentAsString());
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static UploadGuard guard(QuotaLimits limits) {
        return UploadGuard.builder(new InMemoryUsageStore())
                .policy(account -> account.path().equals("acme") ? limits : QuotaLimits.unlimited())
                .build();
    }

    /** Holds some bytes, and returns what is thrown for an image of more. */
    private static QuotaExceededException exceeded(QuotaLimits limits, long held, long more) {
        UploadGuard guard = guard(limits);
        guard.reserve(Upload.of("acme/user-7", "photo-1", held));
        return catchThrowableOfType(
                QuotaExceededException.class,
                () -> guard.reserve(Upload.of("acme/user-7", "photo-2", more).category("image")));
    }

    private static Exception busy() {
        FileVersion id = new FileVersion("acme", "photo-1", FileVersion.NO_VERSION);
        return thrownBy(() -> new Admission.Busy(id, "others").orElseThrow());
    }

    private static Exception thrownBy(ThrowingCallable call) {
        return catchThrowableOfType(Exception.class, call);
    }
}
