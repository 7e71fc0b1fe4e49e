package io.github.quotaguard.spring.web;

import io.github.quotaguard.QuotaWarning;
import jakarta.servlet.http.HttpServletRequest;
import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.servlet.LocaleResolver;

/** Writes problems in the language of who asks, as the application's {@link LocaleResolver} finds it. */
final class ProblemWriter {

    private static final String BUNDLE = "io.github.quotaguard.spring.web.problems";

    private final ObjectProvider<LocaleResolver> localeResolver;

    ProblemWriter(ObjectProvider<LocaleResolver> localeResolver) {
        this.localeResolver = localeResolver;
    }

    ResponseEntity<ProblemDetail> answer(Problem problem, HttpServletRequest request) {
        Locale language = language(request);
        ResourceBundle texts = texts(language);
        ProblemDetail detail = ProblemDetail.forStatus(problem.status());
        detail.setType(problem.type().uri());
        detail.setTitle(texts.getString(problem.type().id() + ".title"));
        detail.setDetail(new MessageFormat(texts.getString(problem.text()), Locale.ROOT)
                .format(problem.arguments().toArray()));
        problem.properties().forEach(detail::setProperty);
        return ResponseEntity.status(problem.status())
                .header(HttpHeaders.CONTENT_LANGUAGE, language.toLanguageTag())
                .body(detail);
    }

    /** Returns the language that warnings too are written in for who asks. */
    Locale language(HttpServletRequest request) {
        // Not by the request's attribute, which a filter does not find yet.
        LocaleResolver resolver = localeResolver.getIfUnique();
        Locale locale = resolver == null ? request.getLocale() : resolver.resolveLocale(request);
        return QuotaWarning.language(locale);
    }

    private static ResourceBundle texts(Locale language) {
        // The English texts are those without a language: asked for as English, the server's language would come first.
        return ResourceBundle.getBundle(BUNDLE, language.equals(Locale.ENGLISH) ? Locale.ROOT : language);
    }
}
