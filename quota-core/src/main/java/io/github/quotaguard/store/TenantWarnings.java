package io.github.quotaguard.store;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a {@link TenantState} remembers of warnings: levels, raises to be announced, and the mark. */
final class TenantWarnings {

    private static final Comparator<WatchedLimit> ORDER = Comparator.comparing(
                    (WatchedLimit limit) -> limit.account().path())
            .thenComparing(WatchedLimit::metric)
            .thenComparing(
                    limit -> limit.category() == null ? "" : limit.category().name());

    private final Map<WatchedLimit, WarningLevel> levels = new LinkedHashMap<>();
    private final Map<String, Claimable> pending = new LinkedHashMap<>();
    private long mark;

    /** A raise, how often it was claimed, and until when nobody else may. */
    private record Claimable(PendingWarning warning, int claims, Instant claimedUntil) {

        boolean isFree(Instant now) {
            return !claimedUntil.isAfter(now);
        }
    }

    long mark() {
        return mark;
    }

    boolean mark(long from, long to) {
        boolean isCurrent = mark == from;
        if (isCurrent) {
            mark = to;
        }
        return isCurrent;
    }

    boolean isBelow(int level, EndedGrace grace) {
        WatchedLimit limit = new WatchedLimit(grace.account(), MetricType.SOFT_BYTES, null);
        return levels.getOrDefault(limit, WarningLevel.NONE).level() < level;
    }

    WatchedAccount watched(AccountCounters counters) {
        Map<WatchedLimit, WarningLevel> ofAccount = new LinkedHashMap<>(levels);
        ofAccount.keySet().removeIf(limit -> !limit.account().equals(counters.account()));
        return new WatchedAccount(counters, ofAccount);
    }

    boolean move(LevelChange change, Instant now) {
        if (!levels.getOrDefault(change.limit(), WarningLevel.NONE).equals(change.before())) {
            return false;
        }
        levels.put(change.limit(), change.after());
        if (change.isRaise()) {
            keep(new Claimable(
                    new PendingWarning(
                            change.limit(), change.after(), change.used(), change.max(), change.graceEndsAt(), now),
                    0,
                    now));
        }
        return true;
    }

    private void keep(Claimable claimable) {
        pending.put(claimable.warning().id(), claimable);
    }

    boolean hasFree(Instant now) {
        return pending.values().stream().anyMatch(claimable -> claimable.isFree(now));
    }

    Optional<PendingWarning> claim(Duration lease, Instant now) {
        Optional<Claimable> free = pending.values().stream()
                .filter(claimable -> claimable.isFree(now))
                .min(Comparator.comparing(Claimable::claimedUntil));
        free.ifPresent(claimable -> keep(new Claimable(
                claimable.warning(),
                claimable.claims() + 1,
                now.plus(WarningStore.leaseAfter(lease, claimable.claims())))));
        return free.map(Claimable::warning);
    }

    void confirm(PendingWarning warning) {
        pending.remove(warning.id());
    }

    void write(DataOutputStream out) throws IOException {
        out.writeLong(mark);
        List<WatchedLimit> limits = levels.keySet().stream().sorted(ORDER).toList();
        TenantFormat.writeAll(out, limits, (o, limit) -> {
            writeLimit(o, limit);
            writeLevel(o, levels.getOrDefault(limit, WarningLevel.NONE));
        });
        TenantFormat.writeAll(out, List.copyOf(pending.values()), TenantWarnings::writeClaimable);
    }

    void read(DataInputStream in) throws IOException {
        mark = in.readLong();
        TenantFormat.readAll(in, i -> levels.put(readLimit(i), readLevel(i)));
        TenantFormat.readAll(in, TenantWarnings::readClaimable).forEach(this::keep);
    }

    private static void writeClaimable(DataOutputStream out, Claimable claimable) throws IOException {
        PendingWarning warning = claimable.warning();
        writeLimit(out, warning.limit());
        writeLevel(out, warning.raised());
        out.writeLong(warning.used());
        out.writeLong(warning.max());
        TenantFormat.writeTime(out, warning.graceEndsAt());
        TenantFormat.writeTime(out, warning.raisedAt());
        out.writeInt(claimable.claims());
        TenantFormat.writeTime(out, claimable.claimedUntil());
    }

    private static Claimable readClaimable(DataInputStream in) throws IOException {
        PendingWarning warning = new PendingWarning(
                readLimit(in),
                readLevel(in),
                in.readLong(),
                in.readLong(),
                TenantFormat.readTime(in),
                TenantFormat.required(TenantFormat.readTime(in)));
        return new Claimable(warning, in.readInt(), TenantFormat.required(TenantFormat.readTime(in)));
    }

    private static void writeLimit(DataOutputStream out, WatchedLimit limit) throws IOException {
        out.writeUTF(limit.account().path());
        out.writeUTF(limit.metric().name());
        TenantFormat.writeText(
                out, limit.category() == null ? null : limit.category().name());
    }

    private static WatchedLimit readLimit(DataInputStream in) throws IOException {
        return new WatchedLimit(
                new AccountId(in.readUTF()), MetricType.valueOf(in.readUTF()), TenantFormat.readCategory(in));
    }

    private static void writeLevel(DataOutputStream out, WarningLevel level) throws IOException {
        out.writeInt(level.level());
        out.writeLong(level.raises());
    }

    private static WarningLevel readLevel(DataInputStream in) throws IOException {
        return new WarningLevel(in.readInt(), in.readLong());
    }
}
