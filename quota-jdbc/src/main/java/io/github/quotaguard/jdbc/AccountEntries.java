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
        String ofTenant = "SELECT %s FROM %s WHERE tenant = ? AND ".formatted(columns, tables.ledger());
        String where = "seq IS NOT NULL AND " + condition;
        return isTenant()
                ? ofTenant + where
                : ofTenant + "account = ? AND " + where + " UNION ALL " + ofTenant + "account >= ? AND account < ? AND "
                        + where;
    }

    /** Returns the arguments of {@link #select}. */
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

    private boolean isTenant() {
        return account.path().equals(account.tenant());
    }
}
