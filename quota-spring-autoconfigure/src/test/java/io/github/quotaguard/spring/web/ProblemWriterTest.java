package io.github.quotaguard.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.i18n.FixedLocaleResolver;

class ProblemWriterTest {

    private static final Problem FULL = Problem.of(ProblemType.QUOTA_EXCEEDED, 507)
            .with(new LimitCheck(AccountId.of("acme"), MetricType.BYTES, null, 2_000, 9, 100, 1_099));

    private final StaticListableBeanFactory beans = new StaticListableBeanFactory();
    private final MockHttpServletRequest request = new MockHttpServletRequest();

    private ResponseEntity<ProblemDetail> answer(Problem problem) {
        return new ProblemWriter(beans.getBeanProvider(LocaleResolver.class)).answer(problem, request);
    }

    @ParameterizedTest
    @CsvSource({
        "zh-CN, zh-CN, 存储配额不足",
        "zh, zh-CN, 存储配额不足",
        "zh-SG, zh-CN, 存储配额不足",
        "zh-Hans-HK, zh-CN, 存储配额不足",
        "zh-TW, en, Storage quota exceeded",
        "zh-Hant, en, Storage quota exceeded",
        "de, en, Storage quota exceeded",
        "en-GB, en, Storage quota exceeded"
    })
    void shouldSpeakTheLanguageOfTheClient(String accepted, String language, String title) {
        request.addPreferredLocale(Locale.forLanguageTag(accepted));

        assertThat(answer(FULL).getHeaders().getFirst("Content-Language")).isEqualTo(language);
        assertThat(answer(FULL).getBody().getTitle()).isEqualTo(title);
    }

    @Test
    void shouldSpeakTheLanguageThatTheApplicationHasFixed() {
        beans.addBean("localeResolver", new FixedLocaleResolver(Locale.SIMPLIFIED_CHINESE));

        assertThat(answer(FULL).getBody().getDetail())
                .isEqualTo("acme 剩余 990 B，本次需要 1.9 KiB (2,000 B)。已使用 9 B，配额 1.0 KiB (1,099 B)，上传中占用 100 B。");
    }

    @Test
    void shouldNotSpeakTheLanguageOfTheServer() {
        Locale servers = Locale.getDefault();
        Locale.setDefault(Locale.SIMPLIFIED_CHINESE);
        try {
            assertThat(answer(FULL).getBody().getDetail())
                    .isEqualTo("acme has 990 B left, and 1.9 KiB (2,000 B) are needed."
                            + " Used are 9 B of 1.0 KiB (1,099 B), held for uploads under way 100 B.");
        } finally {
            Locale.setDefault(servers);
        }
    }

    @Test
    void shouldSayTheSameInEveryLanguage() {
        ResourceBundle english = texts(Locale.ROOT);
        ResourceBundle chinese = texts(Locale.SIMPLIFIED_CHINESE);

        assertThat(chinese.getLocale()).isEqualTo(Locale.SIMPLIFIED_CHINESE);
        assertThat(chinese.keySet()).isEqualTo(english.keySet());
        assertThat(english.keySet())
                .allSatisfy(key -> assertThat(placeholders(chinese.getString(key)))
                        .as(key)
                        .isEqualTo(placeholders(english.getString(key))));
    }

    private static ResourceBundle texts(Locale locale) {
        return ResourceBundle.getBundle("io.github.quotaguard.spring.web.problems", locale);
    }

    private static List<String> placeholders(String text) {
        return Pattern.compile("\\{\\d}")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .sorted()
                .toList();
    }
}
