package io.github.quotaguard.spring.actuate;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What a native image needs of the library beyond what Spring finds out by itself: the scripts that create the tables,
 * the texts of warnings, and what the web part reads. What the endpoint answers, Spring Boot's own hints are of.
 */
final class QuotaRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources()
                .registerResourceBundle("io.github.quotaguard.warnings")
                .registerPattern("io/github/quotaguard/jdbc/schema-*.sql")
                .registerResourceBundle("io.github.quotaguard.spring.web.problems")
                .registerPattern("io/github/quotaguard/spring/web/openapi*");
    }
}
