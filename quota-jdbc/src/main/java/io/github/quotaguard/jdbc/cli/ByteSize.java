package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.ByteCount;
import io.github.quotaguard.store.CounterLimit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes, or a difference of two. */
record ByteSize(long bytes) {

    /** The number, and beside it the same in binary units where that is shorter. */
    @Override
    public String toString() {
        if (bytes > -1024 && bytes < 1024) {
            return Long.toString(bytes);
        }
        return bytes < 0
                ? "%d (-%s)".formatted(bytes, ByteCount.format(bytes == Long.MIN_VALUE ? Long.MAX_VALUE : -bytes))
                : "%d (%s)".formatted(bytes, ByteCount.format(bytes));
    }

    /** Reads a number of bytes: {@code 10485760} or {@code 10MiB}. */
    static final class Converter implements ITypeConverter<Long> {

        private static final Pattern SIZE = Pattern.compile("([0-9]+)(?:([KMGTPE])IB)?");
        private static final String UNITS = "KMGTPE";

        @Override
        public Long convert(String value) {
            Matcher size = SIZE.matcher(value.toUpperCase(Locale.ROOT));
            if (!size.matches()) {
                throw new TypeConversionException(
                        "'%s' is not a number of bytes, such as 10485760 or 10MiB".formatted(value));
            }
            try {
                long number = Long.parseLong(size.group(1));
                long unit = size.group(2) == null ? 1 : 1L << (10 * (UNITS.indexOf(size.group(2)) + 1));
                return Math.multiplyExact(number, unit);
            } catch (NumberFormatException | ArithmeticException e) {
                throw new TypeConversionException("%s is more than %d bytes".formatted(value, Long.MAX_VALUE));
            }
        }
    }

    /** Reads a limit: a number of bytes, or {@code unlimited}. */
    static final class LimitConverter implements ITypeConverter<Long> {

        @Override
        public Long convert(String value) {
            return value.equals("unlimited") ? Long.valueOf(CounterLimit.UNLIMITED) : new Converter().convert(value);
        }
    }
}
