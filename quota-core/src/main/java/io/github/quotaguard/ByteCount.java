package io.github.quotaguard;

import java.util.Locale;

/** Writes byte counts for people. */
public final class ByteCount {

    private static final String UNITS = "KMGTPE";

    private ByteCount() {}

    /**
     * Writes a count in binary units with one decimal, rounded down so that it never claims more than there is: 1,023
     * is {@code 1023 B}, 438,407 is {@code 428.1 KiB}, 10,485,760 is {@code 10.0 MiB}.
     *
     * @param bytes the count, 0 to {@link Long#MAX_VALUE}
     * @return the text, the same in every locale
     */
    public static String format(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int exponent = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        long unit = 1L << (exponent * 10);
        long tenths = bytes % unit / (unit / 1024) * 10 / 1024;
        return String.format(Locale.ROOT, "%d.%d %siB", bytes / unit, tenths, UNITS.charAt(exponent - 1));
    }
}
