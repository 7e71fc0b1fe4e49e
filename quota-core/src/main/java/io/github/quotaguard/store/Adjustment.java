package io.github.quotaguard.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What makes one counter even again, where it does not depend on how a store keeps things. Pure.
 *
 * @param account the account
 * @param category the category, or null for the total
 * @param move how much the counter has to move
 * @param ledgerBytes the bytes that the ledger lacks in entries of this very account and category, 0 for none
 * @param ledgerFiles the same in files
 * @param before what the counter says
 * @param after what it is going to say
 */
public record Adjustment(
        AccountId account,
        @Nullable Category category,
        Usage move,
        long ledgerBytes,
        int ledgerFiles,
        Usage before,
        Usage after) {

    private record Key(AccountId account, @Nullable Category category) {}

    /** Bytes and files. */
    private record Lack(long bytes, long files) {

        static final Lack NONE = new Lack(0, 0);

        Lack minus(Lack other) {
            return new Lack(bytes - other.bytes, files - other.files);
        }
    }

    /**
     * Works out what has to be adjusted. A counter of 0 bytes, whose lives are 10 bytes and whose entries are 10 bytes, is
     * moved by 10, and the ledger lacks nothing. If the entries are 4 bytes, the ledger lacks 6: of the account and
     * category that the missing entry is about, not of the totals and ancestors that it would count for too.
     *
     * @param balances all balances of a tenant
     * @return an adjustment for each counter that is wrong, and for each account and category whose entries are
     */
    public static List<Adjustment> of(List<Balance> balances) {
        Map<Key, Lack> lacks = new HashMap<>();
        balances.forEach(balance -> lacks.put(key(balance), lack(balance)));
        List<Balance> deepestFirst = new ArrayList<>(balances);
        deepestFirst.sort(Comparator.comparingInt(
                        (Balance balance) -> -balance.account().lineage().size())
                .thenComparing(balance -> balance.category() == null));
        List<Adjustment> adjustments = new ArrayList<>();
        for (Balance balance : deepestFirst) {
            Lack own = lacks.getOrDefault(key(balance), Lack.NONE);
            for (CounterLimit counter : CounterLimit.unlimitedLineage(balance.account(), balance.category())) {
                lacks.computeIfPresent(new Key(counter.account(), counter.category()), (key, lack) -> lack.minus(own));
            }
            Usage move = balance.lives().minus(balance.counter());
            if (!move.equals(Usage.NONE) || !own.equals(Lack.NONE)) {
                adjustments.add(new Adjustment(
                        balance.account(),
                        balance.category(),
                        move,
                        own.bytes(),
                        Math.toIntExact(own.files()),
                        balance.counter(),
                        balance.lives()));
            }
        }
        return adjustments;
    }

    private static Key key(Balance balance) {
        return new Key(balance.account(), balance.category());
    }

    private static Lack lack(Balance balance) {
        return new Lack(
                balance.lives().usedBytes() - balance.ledger().usedBytes(),
                balance.lives().usedFiles() - balance.ledger().usedFiles());
    }

    /**
     * Returns the reason of the entry, cut off where it would be longer than one may be.
     *
     * @param cause why
     * @return what the counter said, what it says now, and why
     */
    public String reason(RepairCause cause) {
        String reason = "counter %s -> %s: %s".formatted(text(before), text(after), cause.reason());
        int end = Math.min(reason.length(), AllocationSpec.MAX_REASON_LENGTH);
        return reason.substring(0, Character.isHighSurrogate(reason.charAt(end - 1)) ? end - 1 : end);
    }

    /** Used bytes and files, and what is reserved if that was wrong. */
    private String text(Usage usage) {
        String used = usage.usedBytes() + " bytes, " + usage.usedFiles() + " files";
        return move.reservedBytes() == 0 && move.reservedFiles() == 0
                ? used
                : used + ", reserved " + usage.reservedBytes() + ", " + usage.reservedFiles();
    }
}
