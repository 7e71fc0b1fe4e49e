package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The settled entries of an account and of everything below it, as a search that an index serves: by equality and by a
 * range, since no index serves the two joined by OR. All entries of a tenant are found without their account.
 */
record AccountEntries(TableNames tables, AccountId account) {

    private static final char AFTER_SLASH = '/' + 1;

    /** Returns a query of these entries as far as a condition, with parameters of its own, holds. */
    String select(String columns, String condition) {
        return isTenant()
                ? ofTenant(columns, condition)
                : ofAccount(columns, condition) + " UNION ALL " + below(columns, condition);
    }

    /**
     * Returns a query that finds, among others, the newest of these entries; how many is one more parameter of the
     * condition. Each part is ordered as its index is.
     */
    String newest(String columns, String condition) {
        String newest = " ORDER BY settled_at DESC, seq DESC LIMIT ?";
        return isTenant()
                ? ofTenant(columns, condition) + " ORDER BY seq DESC LIMIT ?"
                : "(" + ofAccount(columns, condition) + newest + ") UNION ALL (" + below(columns, condition) + newest
                        + ")";
    }

    private String ofTenant(String columns, String condition) {
        return "SELECT %s FROM %s WHERE tenant = ? AND seq IS NOT NULL AND %s"
                .formatted(columns, tables.ledger(), condition);
    }

    private String ofAccount(String columns, String condition) {
        return ofTenant(columns, "account = ? AND " + condition);
    }

    private String below(String columns, String condition) {
        return ofTenant(columns, "account >= ? AND account < ? AND " + condition);
    }

    /** Returns the arguments of {@link #select} and {@link #newest}. */
    List<Object> arguments(Object... ofCondition) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(account.tenant());
        if (!isTenant()) {
            arguments.add(account.path());
            Collections.addAll(arguments, ofCondition);
            Collections.addAll(arguments, account.tenant(), account.path() + '/', account.path() + AFTER_SLASH);
        }
        Collections.addAll(arguments, ofCondition);
        return arguments;
    }

    boolean isTenant() {
        return account.path().equals(account.tenant());
    }
}
