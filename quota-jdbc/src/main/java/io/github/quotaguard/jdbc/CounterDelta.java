package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How much each counter of one tenant is to move. */
final class CounterDelta {

    private final Map<Key, long[]> byCounter = new TreeMap<>();

    private record Key(String account, String category) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int accounts = account.compareTo(other.account);
            return accounts != 0 ? accounts : category.compareTo(other.category);
        }
    }

    /** Moves every counter of a charge to an account and category, {@code ""} for none. */
    void add(
            AccountId account,
            String category,
            long usedBytes,
            long reservedBytes,
            long usedFiles,
            long reservedFiles) {
        for (AccountId charged : account.lineage()) {
            add(new Key(charged.path(), ""), usedBytes, reservedBytes, usedFiles, reservedFiles);
            if (!category.isEmpty()) {
                add(new Key(charged.path(), category), usedBytes, reservedBytes, usedFiles, reservedFiles);
            }
        }
    }

    private void add(Key key, long usedBytes, long reservedBytes, long usedFiles, long reservedFiles) {
        long[] delta = byCounter.computeIfAbsent(key, none -> new long[4]);
        delta[0] += usedBytes;
        delta[1] += reservedBytes;
        delta[2] += usedFiles;
        delta[3] += reservedFiles;
    }

    /**
     * Returns the arguments of {@link Statements#moveCounter}, one row per counter that moves. One that does not is left
     * out: a database may say of a row that stays as it is that it found none.
     *
     * @param settled how many entries this settles, which the root counter numbers
     */
    List<@Nullable Object[]> rows(String tenant, Instant updatedAt, int settled) {
        Key root = new Key(tenant, "");
        if (settled > 0) {
            add(root, 0, 0, 0, 0);
        }
        List<@Nullable Object[]> rows = new ArrayList<>();
        byCounter.forEach((key, delta) -> {
            int numbered = key.equals(root) ? settled : 0;
            if (numbered > 0 || Arrays.stream(delta).anyMatch(change -> change != 0)) {
                rows.add(new @Nullable Object[] {
                    delta[0], delta[1], delta[2], delta[3], numbered, updatedAt, tenant, key.account(), key.category()
                });
            }
        });
        return rows;
    }
}
