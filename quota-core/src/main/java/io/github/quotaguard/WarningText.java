package io.github.quotaguard;

import io.github.quotaguard.store.MetricType;
import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;

/** Says a warning in the language of who reads it. */
final class WarningText {

    private static final String BUNDLE = "io.github.quotaguard.warnings";

    /** Where Chinese is written in the traditional script, unless the locale says otherwise. */
    private static final Set<String> TRADITIONAL = Set.of("TW", "HK", "MO");

    private WarningText() {}

    static String of(QuotaWarning warning, Locale locale) {
        ResourceBundle texts = ResourceBundle.getBundle(BUNDLE, bundle(language(locale)));
        return new MessageFormat(texts.getString(key(warning)), Locale.ROOT).format(new Object[] {
            warning.account().path(),
            String.valueOf(warning.category()),
            amount(warning, warning.currentUsage()),
            amount(warning, warning.quotaLimit()),
            warning.usagePercentage().toPlainString(),
            String.valueOf(warning.graceEndsAt())
        });
    }

    /** Of a soft limit there are three texts: no grace has begun, it runs, it is over. */
    private static String key(QuotaWarning warning) {
        String metric = warning.metricType().name();
        if (warning.metricType() != MetricType.SOFT_BYTES) {
            return metric;
        }
        return metric + (warning.graceEndsAt() == null ? "" : "_" + warning.severity());
    }

    /** The language that there are texts in for a reader: Simplified Chinese for who reads it, otherwise English. */
    static Locale language(Locale reader) {
        boolean isSimplified = reader.getScript().isEmpty()
                ? !TRADITIONAL.contains(reader.getCountry())
                : reader.getScript().equals("Hans");
        return reader.getLanguage().equals(Locale.CHINESE.getLanguage()) && isSimplified
                ? Locale.SIMPLIFIED_CHINESE
                : Locale.ENGLISH;
    }

    /** The English texts are those without a language: asked for as English, those of the server's would come first. */
    private static Locale bundle(Locale language) {
        return language.equals(Locale.ENGLISH) ? Locale.ROOT : language;
    }

    private static String amount(QuotaWarning warning, long value) {
        return warning.metricType() == MetricType.FILES ? Long.toString(value) : ByteCount.format(value);
    }
}
