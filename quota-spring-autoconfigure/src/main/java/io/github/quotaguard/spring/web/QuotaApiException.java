package io.github.quotaguard.spring.web;

import java.util.Map;

/** A call of the HTTP API can not be answered. */
final class QuotaApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    private QuotaApiException(Problem problem) {
        super(problem.text());
        this.problem = problem;
    }

    static QuotaApiException invalid(String parameter) {
        return new QuotaApiException(
                Problem.of(ProblemType.INVALID, 400).with("invalid." + parameter, Map.of("parameter", parameter)));
    }

    static QuotaApiException forbidden() {
        return new QuotaApiException(Problem.of(ProblemType.FORBIDDEN, 403));
    }

    static QuotaApiException unsupported(String operation) {
        return new QuotaApiException(
                Problem.of(ProblemType.UNSUPPORTED, 501).with("unsupported." + operation, Map.of()));
    }

    Problem problem() {
        return problem;
    }
}
