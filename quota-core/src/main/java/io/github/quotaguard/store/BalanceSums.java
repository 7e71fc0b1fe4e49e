package io.github.quotaguard.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what the lives and entries of accounts and categories mean for every counter that they move, where it does not
 * depend on how a store keeps them. Not thread-safe.
 */
public final class BalanceSums {

    private final Map<Key, Usage> counters = new TreeMap<>();
    private final Map<Key, Usage> lives = new TreeMap<>();
    private final Map<Key, Usage> entries = new TreeMap<>();

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

    /** Creates sums of nothing. */
    public BalanceSums() {}

    /**
     * Takes what a counter says.
     *
     * @param account the account
     * @param category the category, or null for the total
     * @param says what it says
     */
    public void addCounter(AccountId account, @Nullable Category category, Usage says) {
        counters.put(new Key(account, category), says);
    }

    /**
     * Adds what lives use and hold.
     *
     * @param account the account that is charged
     * @param category their category, or null
     * @param usage what they use and hold
     */
    public void addLives(AccountId account, @Nullable Category category, Usage usage) {
        add(lives, account, category, usage);
    }

    /**
     * Adds what settled entries have moved.
     *
     * @param account the account that is charged
     * @param category their category, or null
     * @param moved used bytes and files
     */
    public void addEntries(AccountId account, @Nullable Category category, Usage moved) {
        add(entries, account, category, moved);
    }

    private static void add(Map<Key, Usage> sums, AccountId account, @Nullable Category category, Usage usage) {
        for (CounterLimit counter : CounterLimit.unlimitedLineage(account, category)) {
            sums.merge(new Key(counter.account(), counter.category()), usage, Usage::plus);
        }
    }

    /**
     * Returns the balance of each counter, and of each that should be there.
     *
     * @return the balances in the order of account and category
     */
    public List<Balance> balances() {
        Map<Key, Usage> all = new TreeMap<>(counters);
        lives.keySet().forEach(key -> all.putIfAbsent(key, Usage.NONE));
        entries.keySet().forEach(key -> all.putIfAbsent(key, Usage.NONE));
        List<Balance> balances = new ArrayList<>();
        all.forEach((key, counter) -> balances.add(new Balance(
                key.account(),
                key.category(),
                counter,
                lives.getOrDefault(key, Usage.NONE),
                entries.getOrDefault(key, Usage.NONE))));
        return balances;
    }
}
