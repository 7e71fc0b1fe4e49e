package io.github.quotaguard.spring.web;

import io.github.quotaguard.QuotaBusyException;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.UploadConflictException;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.UsageStoreException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/**
 * Answers what the guard and the HTTP API throw with problem details (RFC 9457), also where it is the cause of something
 * else, such as of a body that could not be read. A handler of the application's wins if it stands in the controller, or
 * in an advice of an order below {@value #ORDER}.
 */
@ControllerAdvice
@Order(QuotaProblemAdvice.ORDER)
final class QuotaProblemAdvice {

    /**
     * Before Spring Boot's advice (0), which would say only that a body could not be read, and before those without an
     * order, of which one for every exception would hide a refusal.
     */
    static final int ORDER = -100;

    private static final Logger LOG = LoggerFactory.getLogger(QuotaProblemAdvice.class);

    private final ProblemWriter problems;
    private final int exceededStatus;
    private final Duration retryAfter;

    QuotaProblemAdvice(ProblemWriter problems, QuotaWebProperties properties) {
        this.problems = problems;
        this.exceededStatus = properties.exceededStatus();
        this.retryAfter = properties.retryAfter();
    }

    /** A file that is too large by itself is told so even where less is left: no deletion would make it fit. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(QuotaExceededException exceeded, HttpServletRequest request) {
        Optional<LimitCheck> perFile = exceeded.violations().stream()
                .filter(violation -> violation.metric() == MetricType.FILE_BYTES)
                .min(Comparator.comparingLong(LimitCheck::limit));
        LimitCheck violation = perFile.orElseGet(exceeded::violation);
        LOG.debug("Refused: {}", violation);
        Problem problem = perFile.isPresent()
                ? Problem.of(ProblemType.FILE_TOO_LARGE, 413)
                : Problem.of(ProblemType.QUOTA_EXCEEDED, exceededStatus);
        return problems.answer(problem.with(violation), request);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(UploadConflictException conflict, HttpServletRequest request) {
        LOG.debug("In conflict", conflict);
        return problems.answer(Problem.of(ProblemType.CONFLICT, 409), request);
    }

    /** Not 410: what was asked for is not gone, the same request may succeed again, and caches may keep a 410. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(ReservationEndedException ended, HttpServletRequest request) {
        LOG.debug("A reservation has ended", ended);
        return problems.answer(Problem.of(ProblemType.RESERVATION_ENDED, 409), request);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(QuotaBusyException busy, HttpServletRequest request) {
        LOG.warn("Busy: {}", busy.getMessage());
        return withRetryAfter(problems.answer(Problem.of(ProblemType.BUSY, 503), request));
    }

    /** What the storage has said is for the log alone. Where no retry can help, the answer asks for none. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(UsageStoreException failure, HttpServletRequest request) {
        LOG.error("The usage store has failed", failure);
        ResponseEntity<ProblemDetail> answer = problems.answer(Problem.of(ProblemType.STORE_UNAVAILABLE, 503), request);
        return failure.isRetryable() ? withRetryAfter(answer) : answer;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(QuotaApiException refused, HttpServletRequest request) {
        return problems.answer(refused.problem(), request);
    }

    private ResponseEntity<ProblemDetail> withRetryAfter(ResponseEntity<ProblemDetail> answer) {
        HttpHeaders headers = new HttpHeaders(answer.getHeaders());
        headers.set(HttpHeaders.RETRY_AFTER, Long.toString(retryAfter.toSeconds()));
        return new ResponseEntity<>(answer.getBody(), headers, answer.getStatusCode());
    }
}
