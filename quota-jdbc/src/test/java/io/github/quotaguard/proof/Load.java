package io.github.quotaguard.proof;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a fleet of workers does: how many tenants, how many places for a file each of them has, and which thread of
 * which worker owns a place. Everything follows from the seed, so the test and every worker agree without talking.
 *
 * @param kind what the files measure, and how much of them fits
 * @param tenants how many tenants
 * @param slots how many files or versions a tenant may have at once
 * @param workers how many worker processes
 * @param threads how many threads each of them has
 * @param seed where every choice comes from
 */
record Load(Kind kind, int tenants, int slots, int workers, int threads, long seed) {

    enum Kind {
        /** Files of random sizes, of which fewer than half fit. */
        NEAR_THE_LIMIT,
        /** The k-th file of a tenant has 2^k bytes, so that the bits of what is used are exactly the stored files. */
        POWERS_OF_TWO
    }

    /** The tenants of the last kind end everything by calls of the library's own, so their files have no rows. */
    private static final int ROWLESS = 5;

    private static final int CHILDREN = 3;

    List<Slot> all() {
        List<Slot> all = new ArrayList<>();
        for (int tenant = 0; tenant < tenants; tenant++) {
            for (int number = 0; number < slots; number++) {
                all.add(new Slot(this, tenant, number));
            }
        }
        return all;
    }

    /** Says which thread, counted over all workers, owns a place; those that share a file have one owner. */
    int owner(int tenant, int number) {
        return Math.floorMod(number / Slot.OF_A_GROUP + 7 * tenant, workers * threads);
    }

    static String tenant(int tenant) {
        return "t" + tenant;
    }

    /** Says whether the files of a tenant have rows of the application's, written in the transaction of their commit. */
    boolean hasRows(int tenant) {
        return tenant % ROWLESS != ROWLESS - 1;
    }

    long bytes(int tenant, int number) {
        return kind == Kind.POWERS_OF_TWO ? 1L << number : 1 + new Random(seed + 1_000L * tenant + number).nextInt(200);
    }

    static String account(int tenant, int number) {
        return tenant(tenant) + "/u" + number / Slot.OF_A_GROUP % CHILDREN;
    }

    /** Returns how much of everything that a tenant could store would be stored at once. */
    private long demand(int tenant) {
        long demand = 0;
        for (int number = 0; number < slots; number++) {
            demand += bytes(tenant, number);
        }
        return demand;
    }

    /** Returns the limit of a tenant's bytes. */
    long limit(int tenant) {
        return kind == Kind.POWERS_OF_TWO ? 1L << (slots + 1) : demand(tenant) * 45 / 100;
    }

    /** Near the limit, the limits of children, categories and files are sometimes the tighter ones. */
    QuotaPolicy policy() {
        return account -> {
            long limit = limit(Integer.parseInt(account.tenant().substring(1)));
            if (kind == Kind.POWERS_OF_TWO) {
                return QuotaLimits.ofBytes(limit);
            }
            return account.path().equals(account.tenant())
                    ? QuotaLimits.ofBytes(limit).withFiles(slots / 2).withBytes("image", limit * 6 / 10)
                    : QuotaLimits.ofBytes(limit / 2);
        };
    }

    String encode() {
        return String.join(
                ",",
                kind.name(),
                Integer.toString(tenants),
                Integer.toString(slots),
                Integer.toString(workers),
                Integer.toString(threads),
                Long.toString(seed));
    }

    static Load decode(String text) {
        List<String> parts = List.of(text.split(",", -1));
        return new Load(
                Kind.valueOf(parts.get(0)),
                Integer.parseInt(parts.get(1)),
                Integer.parseInt(parts.get(2)),
                Integer.parseInt(parts.get(3)),
                Integer.parseInt(parts.get(4)),
                Long.parseLong(parts.get(5)));
    }
}
