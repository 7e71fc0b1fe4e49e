package io.github.quotaguard.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SampleTextsTest {

    private static final Pattern KEY = Pattern.compile("(?<=[ {])\\w+(?=: ['{\\[])");
    private static final Pattern PLACE = Pattern.compile("\\{\\w+}");

    @Test
    void shouldHaveTheSameTextsInBothLanguages() throws IOException {
        assertThat(found(KEY, "zh-CN")).isEqualTo(found(KEY, "en")).hasSizeGreaterThan(80);
    }

    @Test
    void shouldFillInTheSameValuesInBothLanguages() throws IOException {
        assertThat(found(PLACE, "zh-CN")).containsExactlyInAnyOrderElementsOf(found(PLACE, "en"));
    }

    private static List<String> found(Pattern pattern, String language) throws IOException {
        try (var texts =
                SampleTextsTest.class.getResourceAsStream("/sample/static/js/texts/%s.js".formatted(language))) {
            String script = new String(texts.readAllBytes(), StandardCharsets.UTF_8);
            return pattern.matcher(script).results().map(match -> match.group()).toList();
        }
    }
}
