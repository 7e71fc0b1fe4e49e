package io.github.quotaguard.store;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Who is charged: a path of 1 to {@value #MAX_DEPTH} segments, such as {@code acme} or {@code acme/user-7}. The first
 * segment is the tenant. A charge to an account charges every ancestor too, all or nothing: {@code acme/user-7}
 * charges {@code acme/user-7} and {@code acme}.
 *
 * <p>A segment has 1 to {@value #MAX_SEGMENT_LENGTH} characters (UTF-16 units), without {@code /}, control
 * characters, line separators, direction overrides and unpaired surrogates. Two ids are equal only character for
 * character: case, trailing spaces and Unicode normalisation all count.
 *
 * @param path the segments, joined by {@code /}
 */
public record AccountId(String path) implements Serializable {

    /** The most segments a path may have. */
    public static final int MAX_DEPTH = 4;

    /** The most characters a segment may have. */
    public static final int MAX_SEGMENT_LENGTH = 128;

    /**
     * Checks the path.
     *
     * @throws IllegalArgumentException if the path is not as described above
     */
    public AccountId {
        Objects.requireNonNull(path, "account");
        int depth = 0;
        for (int start = 0; start <= path.length(); ) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            depth++;
            if (depth > MAX_DEPTH) {
                throw new IllegalArgumentException("account has more than %s segments".formatted(MAX_DEPTH));
            }
            Ids.require(depth == 1 ? "tenant" : "account segment", path, start, end, 1, MAX_SEGMENT_LENGTH);
            start = end + 1;
        }
    }

    /**
     * Returns the account with this path.
     *
     * @param path 1 to 4 segments joined by {@code /}
     * @return the account
     * @throws IllegalArgumentException if the path is not as the class describes
     */
    public static AccountId of(String path) {
        return new AccountId(path);
    }

    /**
     * Checks the id of a tenant, for what is asked of a tenant by its id alone.
     *
     * @param tenant the first segment of a path, without a {@code /}
     * @throws IllegalArgumentException if it is not one segment as the class describes
     */
    public static void requireTenant(String tenant) {
        Ids.require("tenant", tenant, 1, MAX_SEGMENT_LENGTH);
        if (tenant.indexOf('/') >= 0) {
            throw new IllegalArgumentException("tenant has a '/': it is the first segment of an account");
        }
    }

    /**
     * Returns the first segment.
     *
     * @return the tenant, {@code acme} of {@code acme/user-7}
     */
    public String tenant() {
        int slash = path.indexOf('/');
        return slash < 0 ? path : path.substring(0, slash);
    }

    /**
     * Returns every account that a charge to this one moves, the tenant first and this account last.
     *
     * @return 1 to 4 accounts: {@code [acme, acme/user-7]} of {@code acme/user-7}
     */
    public List<AccountId> lineage() {
        if (path.indexOf('/') < 0) {
            return List.of(this);
        }
        List<AccountId> lineage = new ArrayList<>(MAX_DEPTH);
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            lineage.add(new AccountId(path.substring(0, slash)));
        }
        lineage.add(this);
        return List.copyOf(lineage);
    }

    /**
     * Says whether a charge to another account moves this one's counters.
     *
     * @param other the account charged
     * @return true for this account and those below it
     */
    public boolean covers(AccountId other) {
        return other.path.startsWith(path)
                && (other.path.length() == path.length() || other.path.charAt(path.length()) == '/');
    }

    /** Returns the path. */
    @Override
    public String toString() {
        return path;
    }
}
