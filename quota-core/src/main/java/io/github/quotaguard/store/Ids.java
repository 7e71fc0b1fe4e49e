package io.github.quotaguard.store;

import java.util.Locale;
import java.util.Objects;

/**
 * The characters that ids may hold. Refused is what a database would alter or reject (NUL, unpaired surrogates) and
 * what would forge a line or a direction in a log (controls, line and paragraph separators, bidirectional overrides).
 */
public final class Ids {

    private Ids() {}

    /**
     * Checks an id.
     *
     * @param what what the message calls it
     * @param value the id
     * @param min the fewest characters (UTF-16 units)
     * @param max the most characters
     * @return {@code value}
     * @throws IllegalArgumentException if it is shorter or longer, or has a character that is not allowed
     */
    public static String require(String what, String value, int min, int max) {
        Objects.requireNonNull(value, what);
        require(what, value, 0, value.length(), min, max);
        return value;
    }

    /** Does {@link #require(String, String, int, int)} for a part of a text. */
    static void require(String what, String text, int start, int end, int min, int max) {
        int length = end - start;
        if (length < min || length > max) {
            throw new IllegalArgumentException(
                    "%s has %s characters, allowed are %s to %s".formatted(what, length, min, max));
        }
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (isForbidden(c)) {
                throw new IllegalArgumentException(
                        "%s has %s at index %s: control characters, line separators, direction overrides and unpaired surrogates are not allowed"
                                .formatted(what, String.format(Locale.ROOT, "U+%04X", (int) c), i - start));
            }
        }
    }

    private static boolean isForbidden(char c) {
        return c < ' '
                || (c >= 0x7F && c <= 0x9F)
                || Character.isSurrogate(c)
                || (c >= '\u2028' && c <= '\u202E')
                || (c >= '\u2066' && c <= '\u2069')
                || c == '\u200E'
                || c == '\u200F'
                || c == '\u061C';
    }
}
