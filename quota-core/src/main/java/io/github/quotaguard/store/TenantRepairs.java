package io.github.quotaguard.store;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
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

    List<Balance> balances() {
        BalanceSums sums = new BalanceSums();
        for (AccountId account : books.counters.accounts()) {
            AccountCounters says = books.counters.usage(account, TenantFormat.WHENEVER);
            sums.addCounter(account, null, says.total());
            says.categories().forEach((category, usage) -> sums.addCounter(account, category, usage));
        }
        for (FileLives file : books.files()) {
            List<Allocation> live = file.live();
            for (Allocation life : live) {
                boolean isStored = life.state() == AllocationState.COMMITTED;
                Usage usage = isStored ? new Usage(life.bytes(), 0, 0, 0) : new Usage(0, life.bytes(), 0, 0);
                sums.addLives(life.account(), life.category(), usage);
            }
            if (!live.isEmpty()) {
                Usage counted = new Usage(0, 0, file.usedFiles(), file.heldFiles());
                sums.addLives(live.get(0).account(), live.get(0).category(), counted);
            }
        }
        for (Entry entry : books.ledger.entries) {
            sums.addEntries(entry.account(), entry.category(), new Usage(entry.bytes(), 0, entry.files(), 0));
        }
        return sums.balances();
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
