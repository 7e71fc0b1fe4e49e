package io.github.quotaguard.spring.web;

import io.github.quotaguard.ByteCount;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is to be told, in no language yet.
 *
 * @param type the kind
 * @param status the HTTP status
 * @param text which text tells the details
 * @param arguments what the text names, as people read it
 * @param properties the same for programs, by name
 */
record Problem(ProblemType type, int status, String text, List<String> arguments, Map<String, Object> properties) {

    static Problem of(ProblemType type, int status) {
        return new Problem(type, status, type.id(), List.of(), Map.of());
    }

    /** Tells the details by another text than the one for all problems of the type. */
    Problem with(String text, Map<String, Object> properties) {
        return new Problem(type, status, text, arguments, properties);
    }

    /** Tells what a limit check found. */
    Problem with(LimitCheck violation) {
        Map<String, Object> exact = new LinkedHashMap<>();
        exact.put("account", violation.account().path());
        exact.put("metric", violation.metric().name());
        if (violation.category() != null) {
            exact.put("category", violation.category().name());
        }
        exact.put("requested", violation.requested());
        exact.put("used", violation.used());
        exact.put("reserved", violation.reserved());
        exact.put("limit", violation.limit());
        exact.put("available", violation.available());
        if (violation.graceEndedAt() != null) {
            exact.put("graceEndedAt", violation.graceEndedAt().toString());
        }
        List<String> readable = List.of(
                violation.account().path(),
                String.valueOf(violation.category()),
                amount(violation, violation.requested()),
                amount(violation, violation.used()),
                amount(violation, violation.reserved()),
                amount(violation, violation.limit()),
                amount(violation, violation.available()),
                String.valueOf(violation.graceEndedAt()));
        return new Problem(type, status, type.id() + "." + violation.metric().name(), readable, exact);
    }

    /** Writes the bytes too: of two sizes that are nearly the same, the units alone would be. */
    private static String amount(LimitCheck violation, long value) {
        String count = String.format(Locale.ROOT, "%,d", value);
        if (violation.metric() == MetricType.FILES) {
            return count;
        }
        return value < 1024 ? count + " B" : "%s (%s B)".formatted(ByteCount.format(value), count);
    }
}
