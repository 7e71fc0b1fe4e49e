package io.github.quotaguard.store;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How entries are rolled up, where it does not depend on how a store keeps them. Pure.
 *
 * @param replaced the earlier roll-ups that are to go, together with all the entries that were to be folded
 * @param written the roll-ups that take their place
 */
public record RollUp(List<Entry> replaced, List<Entry> written) {

    private static final Duration HOUR = Duration.ofHours(1);

    /** Copies the lists. */
    public RollUp {
        replaced = List.copyOf(replaced);
        written = List.copyOf(written);
    }

    private record Group(
            Instant hour, AccountId account, @Nullable Category category) {

        static Group of(Entry entry) {
            return new Group(hourOf(entry), entry.account(), entry.category());
        }
    }

    /**
     * Checks the arguments of a roll-up.
     *
     * @param tenant the tenant
     * @param before the horizon
     * @param limit the most entries to fold
     * @param now the store's clock
     * @throws IllegalArgumentException if {@link LedgerStore#rollUp} does not allow them
     */
    public static void require(String tenant, Instant before, int limit, Instant now) {
        AccountId.requireTenant(tenant);
        if (limit < 1 || limit > LedgerStore.MAX_ROLL_UP) {
            throw new IllegalArgumentException(
                    "limit is %s, allowed are 1 to %s".formatted(limit, LedgerStore.MAX_ROLL_UP));
        }
        if (!Objects.requireNonNull(before, "before")
                .truncatedTo(ChronoUnit.HOURS)
                .equals(before)) {
            throw new IllegalArgumentException("horizon %s is not a whole hour".formatted(before));
        }
        if (before.isAfter(now.minus(LedgerStore.ROLL_UP_AGE))) {
            throw new IllegalArgumentException("horizon %s is less than %s before the store's clock, %s"
                    .formatted(before, LedgerStore.ROLL_UP_AGE, now));
        }
    }

    /**
     * Returns the hour in which an entry was settled.
     *
     * @param entry the entry
     * @return its beginning
     */
    public static Instant hourOf(Entry entry) {
        return TimelineQuery.startOfSpan(entry.settledAt(), HOUR);
    }

    /**
     * Folds entries by hour, account and category.
     *
     * @param entries entries that are no roll-ups, in the order of their numbers
     * @param standing the roll-ups of the hours of these entries, and perhaps others
     * @return what is to be replaced and written
     */
    public static RollUp of(List<Entry> entries, Collection<Entry> standing) {
        Map<Group, Entry> sums = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (entry.kind() != EntryKind.RELEASE && entry.kind() != EntryKind.EXPIRE) {
                sums.merge(Group.of(entry), alone(entry), RollUp::sum);
            }
        }
        List<Entry> replaced = new ArrayList<>();
        for (Entry earlier : standing) {
            if (sums.computeIfPresent(Group.of(earlier), (group, sum) -> sum(sum, earlier)) != null) {
                replaced.add(earlier);
            }
        }
        return new RollUp(replaced, List.copyOf(sums.values()));
    }

    private static Entry alone(Entry entry) {
        return rollUp(entry, entry.bytes(), entry.files(), entry.addedBytes(), entry.addedFiles());
    }

    private static Entry sum(Entry one, Entry other) {
        return rollUp(
                one.seq() > other.seq() ? one : other,
                one.bytes() + other.bytes(),
                one.files() + other.files(),
                Timeline.atMostMax(one.addedBytes(), other.addedBytes()),
                (int) Math.min(Integer.MAX_VALUE, (long) one.addedFiles() + other.addedFiles()));
    }

    private static Entry rollUp(Entry latest, long bytes, int files, long addedBytes, int addedFiles) {
        return new Entry(
                latest.seq(),
                EntryKind.ROLLUP,
                null,
                latest.account(),
                latest.category(),
                latest.seq(),
                bytes,
                files,
                addedBytes,
                addedFiles,
                null,
                null,
                Map.of(),
                latest.recordedAt(),
                latest.settledAt());
    }
}
