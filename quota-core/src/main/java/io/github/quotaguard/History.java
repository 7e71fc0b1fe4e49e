package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.LedgerStore;
import io.github.quotaguard.store.Timeline;
import io.github.quotaguard.store.Timeline.Span;
import io.github.quotaguard.store.TimelineQuery;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Puts the spans of a store's timeline together to the steps of a time zone. */
final class History {

    static final int MAX_POINTS = 10_000;

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration QUARTER = Duration.ofMinutes(15);

    /** The borders of all steps, in their order; one more than there are steps. */
    private final List<ZonedDateTime> borders;

    private final Duration span;

    /**
     * Finds the steps from one time to another, rounded outward.
     *
     * @throws IllegalArgumentException if there are none, too many, or some begin within a quarter of an hour
     */
    History(Instant from, Instant to, HistoryStep step, ZoneId zone) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(zone, "zone");
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("history from %s to %s has no steps".formatted(from, to));
        }
        borders = borders(from, to, step, zone);
        span = borders.stream().allMatch(border -> isMultipleOf(HOUR, border)) ? HOUR : QUARTER;
        if (span.equals(QUARTER) && !borders.stream().allMatch(border -> isMultipleOf(QUARTER, border))) {
            throw new IllegalArgumentException(
                    "history in zone %s: its steps do not begin at quarters of an hour (UTC)".formatted(zone));
        }
    }

    private static List<ZonedDateTime> borders(Instant from, Instant to, HistoryStep step, ZoneId zone) {
        try {
            List<ZonedDateTime> borders = new ArrayList<>();
            borders.add(step.startOf(from.atZone(zone)));
            while (last(borders).toInstant().isBefore(to)) {
                if (borders.size() > MAX_POINTS) {
                    throw new IllegalArgumentException("history from %s to %s has more than %s steps: ask for less"
                            .formatted(from, to, MAX_POINTS));
                }
                borders.add(step.after(last(borders)));
            }
            return borders;
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("history from %s to %s is out of range".formatted(from, to), e);
        }
    }

    private static ZonedDateTime last(List<ZonedDateTime> borders) {
        return borders.get(borders.size() - 1);
    }

    private static boolean isMultipleOf(Duration length, ZonedDateTime border) {
        Instant time = border.toInstant();
        return TimelineQuery.startOfSpan(time, length).equals(time);
    }

    List<HistoryPoint> of(AccountId account, LedgerStore store) {
        Instant first = TimelineQuery.startOfSpan(borders.get(0).toInstant(), HOUR);
        Instant end = TimelineQuery.startOfSpan(last(borders).toInstant(), HOUR);
        Instant last = end.isBefore(last(borders).toInstant()) ? end.plus(HOUR) : end;
        return points(store.timeline(new TimelineQuery(account, first, last, span)));
    }

    /** Goes back from what is used at the end. */
    private List<HistoryPoint> points(Timeline timeline) {
        Set<Instant> rolledUp = new HashSet<>();
        timeline.spans().stream()
                .filter(Span::isRolledUp)
                .forEach(rollUp -> rolledUp.add(TimelineQuery.startOfSpan(rollUp.start(), HOUR)));
        List<HistoryPoint> points = new ArrayList<>();
        long bytes = timeline.usedBytes();
        long files = timeline.usedFiles();
        int next = timeline.spans().size() - 1;
        for (; next >= 0 && !isBefore(timeline.spans().get(next), last(borders)); next--) {
            bytes -= timeline.spans().get(next).bytes();
            files -= timeline.spans().get(next).files();
        }
        for (int i = borders.size() - 2; i >= 0; i--) {
            Sum sum = new Sum(bytes, files);
            for (; next >= 0 && !isBefore(timeline.spans().get(next), borders.get(i)); next--) {
                sum.add(timeline.spans().get(next));
            }
            ZonedDateTime start = borders.get(i);
            ZonedDateTime end = borders.get(i + 1);
            points.add(
                    cuts(start, rolledUp) || cuts(end, rolledUp)
                            ? new HistoryPoint.Unavailable(start, end)
                            : sum.point(start, end));
            bytes = sum.bytesBefore;
            files = sum.filesBefore;
        }
        Collections.reverse(points);
        return points;
    }

    private static boolean isBefore(Span span, ZonedDateTime border) {
        return span.start().isBefore(border.toInstant());
    }

    private static boolean cuts(ZonedDateTime border, Set<Instant> hours) {
        return !isMultipleOf(HOUR, border) && hours.contains(TimelineQuery.startOfSpan(border.toInstant(), HOUR));
    }

    /** One step, from its end backwards. */
    private static final class Sum {

        private final long bytes;
        private final long files;
        private long bytesBefore;
        private long filesBefore;
        private long addedBytes;
        private long addedFiles;
        private long peakBytes;
        private Instant hour = Instant.MAX;

        Sum(long bytes, long files) {
            this.bytes = bytes;
            this.files = files;
            this.bytesBefore = bytes;
            this.filesBefore = files;
            this.peakBytes = bytes;
        }

        /** At the end of an hour the balance is known, also if the hour is rolled up. */
        void add(Span span) {
            Instant hourOfSpan = TimelineQuery.startOfSpan(span.start(), HOUR);
            if (!hourOfSpan.equals(hour)) {
                peakBytes = Math.max(peakBytes, bytesBefore);
                hour = hourOfSpan;
            }
            peakBytes = Math.max(peakBytes, span.peakBytes().orElse(0));
            bytesBefore -= span.bytes();
            filesBefore -= span.files();
            addedBytes = Timeline.atMostMax(addedBytes, span.addedBytes());
            addedFiles += span.addedFiles();
        }

        HistoryPoint point(ZonedDateTime start, ZonedDateTime end) {
            return new HistoryPoint.Known(
                    start,
                    end,
                    bytes,
                    files,
                    addedBytes,
                    Timeline.atMostMax(addedBytes, bytesBefore - bytes),
                    addedFiles,
                    addedFiles - (files - filesBefore),
                    Math.max(peakBytes, bytesBefore));
        }
    }
}
