package io.github.quotaguard;

import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/** How long the steps of a history are, by the clock and calendar of a time zone. */
public enum HistoryStep {
    /** From one full hour to the next; a day in which clocks are put back has 25. */
    HOUR {
        @Override
        ZonedDateTime startOf(ZonedDateTime time) {
            return time.truncatedTo(ChronoUnit.HOURS);
        }

        /** Where clocks move by half an hour, an hour later is not a full one; and a full one may be none later. */
        @Override
        ZonedDateTime after(ZonedDateTime start) {
            ZonedDateTime later = start.plusHours(1);
            while (!startOf(later).isAfter(start)) {
                later = later.plusHours(1);
            }
            return startOf(later);
        }
    },

    /** From midnight, or where there is none from the first moment of a day, to the next. */
    DAY {
        @Override
        ZonedDateTime startOf(ZonedDateTime time) {
            return time.toLocalDate().atStartOfDay(time.getZone());
        }

        @Override
        ZonedDateTime after(ZonedDateTime start) {
            return start.toLocalDate().plusDays(1).atStartOfDay(start.getZone());
        }
    },

    /** From the first day of a month to that of the next. */
    MONTH {
        @Override
        ZonedDateTime startOf(ZonedDateTime time) {
            return time.toLocalDate().withDayOfMonth(1).atStartOfDay(time.getZone());
        }

        @Override
        ZonedDateTime after(ZonedDateTime start) {
            return start.toLocalDate().plusMonths(1).atStartOfDay(start.getZone());
        }
    };

    /** Returns the beginning of the step in which a time lies. */
    abstract ZonedDateTime startOf(ZonedDateTime time);

    /** Returns the end of the step that begins then. */
    abstract ZonedDateTime after(ZonedDateTime start);
}
