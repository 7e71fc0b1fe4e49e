package io.github.quotaguard;

import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;

/** Says in a sentence what a limit check found. */
final class LimitText {

    private LimitText() {}

    static String of(LimitCheck check) {
        if (check.limit() == CounterLimit.UNLIMITED) {
            return "%s counts at most %s %s".formatted(check.account(), check.limit(), unit(check));
        }
        if (check.metric() == MetricType.FILE_BYTES) {
            return "it has %s, %s allows %s per file"
                    .formatted(amount(check, check.requested()), check.account(), amount(check, check.limit()));
        }
        String reserved = check.reserved() == 0
                ? ""
                : ", %s held for uploads under way".formatted(amount(check, check.reserved()));
        if (check.metric() == MetricType.SOFT_BYTES) {
            return "%s asked for, %s has used %s of a soft limit of %s%s, and its grace is over since %s"
                    .formatted(
                            amount(check, check.requested()),
                            check.account(),
                            amount(check, check.used()),
                            amount(check, check.limit()),
                            reserved,
                            check.graceEndedAt());
        }
        return "%s asked for, %s available: %s%s has used %s of %s%s"
                .formatted(
                        amount(check, check.requested()),
                        amount(check, check.available()),
                        check.account(),
                        check.category() == null ? "" : " in category " + check.category(),
                        amount(check, check.used()),
                        amount(check, check.limit()),
                        reserved);
    }

    private static String unit(LimitCheck check) {
        return check.metric() == MetricType.FILES ? "files" : "bytes";
    }

    private static String amount(LimitCheck check, long value) {
        String unit = check.metric() == MetricType.FILES ? "file" : "byte";
        String count = "%s %s%s".formatted(value, unit, value == 1 ? "" : "s");
        return check.metric() == MetricType.FILES || value < 1024
                ? count
                : "%s (%s)".formatted(count, ByteCount.format(value));
    }
}
