package io.github.quotaguard.jdbc.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is never shown: the password, and whatever a URL calls one. */
final class Secrets {

    private static final String MASK = "***";
    private static final int SHORTEST_PART = 3;

    /** H2 ends a setting with a semicolon, the others with an ampersand. */
    private static final Pattern IN_H2_URL = Pattern.compile("(?i)(password|passwd|pwd)=([^;]*)");

    private static final Pattern IN_URL = Pattern.compile("(?i)(password|passwd|pwd)=([^&]*)");
    private static final Pattern BEFORE_HOST = Pattern.compile("//[^/@:]*:([^@]*)@");

    /** Of what was never told to be a URL. */
    private static final Pattern IN_TEXT = Pattern.compile("(?i)((?:password|passwd|pwd)=)[^&;\\s'\"]*");

    private final List<String> values = new ArrayList<>();

    void add(String secret) {
        if (!secret.isEmpty()) {
            values.add(secret);
            values.sort(Comparator.comparingInt(String::length).reversed());
        }
    }

    void addThoseOf(String url) {
        Matcher settings = (url.startsWith("jdbc:h2:") ? IN_H2_URL : IN_URL).matcher(url);
        while (settings.find()) {
            add(settings.group(2));
            // Others that mask a URL take one of these for its end, and leave the rest.
            for (String part : settings.group(2).split("[&;#]", -1)) {
                if (part.length() >= SHORTEST_PART) {
                    add(part);
                }
            }
        }
        Matcher user = BEFORE_HOST.matcher(url);
        while (user.find()) {
            add(user.group(1));
        }
    }

    /** Returns a text without them. */
    String mask(String text) {
        String masked = text;
        for (String secret : values) {
            masked = masked.replace(secret, MASK);
        }
        return IN_TEXT.matcher(masked).replaceAll("$1" + Matcher.quoteReplacement(MASK));
    }
}
