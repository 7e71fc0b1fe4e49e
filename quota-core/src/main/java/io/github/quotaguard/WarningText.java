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
        ResourceBundle texts = ResourceBundle.getBundle(BUNDLE, language(locale));
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

    /** One of the languages that there are, so that no bundle is searched for in the language of the server instead. */
    private static Locale language(Locale locale) {
        boolean isSimplified = locale.getScript().isEmpty()
                ? !TRADITIONAL.contains(locale.getCountry())
                : locale.getScript().equals("Hans");
        return locale.getLanguage().equals(Locale.CHINESE.getLanguage()) && isSimplified
                ? Locale.SIMPLIFIED_CHINESE
                : Locale.ROOT;
    }

    private static String amount(QuotaWarning warning, long value) {
        return warning.metricType() == MetricType.FILES ? Long.toString(value) : ByteCount.format(value);
    }
}
