package io.github.quotaguard.store;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link RepairStore} does to the books of one tenant, and who may. */
final class TenantRepairs {

    private final TenantBooks books;
    private long token;
    private @Nullable Instant leasedUntil;
    private @Nullable Instant checkedAt;

    TenantRepairs(TenantBooks books) {
        this.books = books;
    }

    Optional<RepairLease> lease(String tenant, Duration length, Duration rest, Instant now) {
        boolean isLeased = leasedUntil != null && leasedUntil.isAfter(now);
        boolean rests = checkedAt != null && checkedAt.plus(rest).isAfter(now);
        if (isLeased || rests) {
            return Optional.empty();
        }
        token = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        leasedUntil = now.plus(length);
        return Optional.of(new RepairLease(tenant, token, now));
    }

    boolean renew(RepairLease lease, Duration length, Instant now) {
        boolean has = token == lease.token() && leasedUntil != null;
        if (has) {
            leasedUntil = now.plus(length);
        }
        return has;
    }

    void finish(RepairLease lease, boolean isChecked, Instant now) {
        if (token == lease.token()) {
            leasedUntil = null;
            checkedAt = isChecked ? now : checkedAt;
        }
    }

    boolean isBlank() {
        return leasedUntil == null && checkedAt == null;
    }

    boolean isLeasedTo(RepairLease lease, Instant now) {
        return token == lease.token() && leasedUntil != null && leasedUntil.isAfter(now);
    }

    List<CorrectionResult> correct(List<Correction> corrections, RepairCause cause, Instant now) {
        CorrectionPlan plan = CorrectionPlan.of(corrections, file -> {
            FileLives lives = books.file(file);
            return lives == null ? List.of() : lives.live();
        });
        List<Correction> made = corrections.stream()
                .filter(correction -> plan.resultOf(correction) == CorrectionResult.MADE)
                .toList();
        made.forEach(correction -> end(correction, cause, now));
        made.forEach(correction -> begin(correction, cause, now));
        return corrections.stream().map(plan::resultOf).toList();
    }

    private void end(Correction correction, RepairCause cause, Instant now) {
        Allocation ended = correction.ended();
        if (ended != null) {
            Life life = Objects.requireNonNull(books.life(ended.id(), ended.generation()));
            books.remove(life, cause.actor(), cause.of(correction.before(), correction.after()), now);
        }
    }

    private void begin(Correction correction, RepairCause cause, Instant now) {
        AllocationSpec begun = correction.begun();
        if (begun != null) {
            books.adopt(begun, cause.actor(), cause.of(correction.before(), correction.after()), now);
        }
    }

    /** What the lives and the entries of a counter add up to. */
    private static final class Sums {
        private long usedBytes;
        private long reservedBytes;
        private long usedFiles;
        private long reservedFiles;
        private long ledgerBytes;
        private long ledgerFiles;
    }

    List<Balance> balances() {
        Map<Key, Sums> sums = new TreeMap<>();
        for (AccountId account : books.counters.accounts()) {
            sums.put(new Key(account, null), new Sums());
            books.counters
                    .usage(account, TenantFormat.WHENEVER)
                    .categories()
                    .keySet()
                    .forEach(category -> sums.put(new Key(account, category), new Sums()));
        }
        for (FileLives file : books.files()) {
            List<Allocation> live = file.live();
            live.forEach(life -> each(sums, life.account(), life.category(), sum -> {
                if (life.state() == AllocationState.COMMITTED) {
                    sum.usedBytes += life.bytes();
                } else {
                    sum.reservedBytes += life.bytes();
                }
            }));
            if (!live.isEmpty()) {
                Allocation one = live.get(0);
                each(sums, one.account(), one.category(), sum -> {
                    sum.usedFiles += file.usedFiles();
                    sum.reservedFiles += file.heldFiles();
                });
            }
        }
        for (Entry entry : books.ledger.entries) {
            each(sums, entry.account(), entry.category(), sum -> {
                sum.ledgerBytes += entry.bytes();
                sum.ledgerFiles += entry.files();
            });
        }
        List<Balance> balances = new ArrayList<>();
        sums.forEach((key, sum) -> balances.add(new Balance(
                key.account(),
                key.category(),
                books.counters.usage(key.account(), TenantFormat.WHENEVER).of(key.category()),
                new Usage(sum.usedBytes, sum.reservedBytes, sum.usedFiles, sum.reservedFiles),
                new Usage(sum.ledgerBytes, 0, sum.ledgerFiles, 0))));
        return balances;
    }

    /** Returns the balances that were not even. */
    List<Balance> recount(RepairCause cause, Instant now) {
        List<Balance> balances = balances();
        for (Adjustment adjustment : Adjustment.of(balances)) {
            books.counters.move(adjustment.account(), adjustment.category(), adjustment.move(), now);
            books.ledger.adjust(
                    adjustment.account(),
                    adjustment.category(),
                    adjustment.ledgerBytes(),
                    adjustment.ledgerFiles(),
                    cause.actor(),
                    adjustment.reason(cause),
                    now);
        }
        return balances.stream().filter(balance -> !balance.isEven()).toList();
    }

    private static void each(
            Map<Key, Sums> sums, AccountId account, @Nullable Category category, Consumer<Sums> change) {
        for (CounterLimit counter : CounterLimit.unlimitedLineage(account, category)) {
            change.accept(sums.computeIfAbsent(new Key(counter.account(), counter.category()), key -> new Sums()));
        }
    }

    private record Key(AccountId account, @Nullable Category category) implements Comparable<Key> {

        private static final Comparator<Key> ORDER = Comparator.comparing(
                        (Key key) -> key.account().path())
                .thenComparing(
                        key -> key.category() == null ? "" : key.category().name());

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    void write(DataOutputStream out) throws IOException {
        out.writeLong(token);
        TenantFormat.writeTime(out, leasedUntil);
        TenantFormat.writeTime(out, checkedAt);
    }

    void read(DataInputStream in) throws IOException {
        token = in.readLong();
        leasedUntil = TenantFormat.readTime(in);
        checkedAt = TenantFormat.readTime(in);
    }
}
