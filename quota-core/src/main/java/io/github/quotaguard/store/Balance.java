package io.github.quotaguard.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one counter says, beside what it should say. Reserved bytes and files have no entries in the ledger.
 *
 * @param account the account
 * @param category the category, or null for the total
 * @param counter what the counter says, zeros if there is none
 * @param lives the sum of the lives of the account and of everything below it
 * @param ledger the sum of the settled entries, nothing reserved
 */
public record Balance(AccountId account, @Nullable Category category, Usage counter, Usage lives, Usage ledger) {

    /** Checks that nothing is missing. */
    public Balance {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(counter, "counter");
        Objects.requireNonNull(lives, "lives");
        Objects.requireNonNull(ledger, "ledger");
    }

    /**
     * Says whether counter, lives and ledger agree.
     *
     * @return true if nothing is to be corrected
     */
    public boolean isEven() {
        return counter.equals(lives)
                && ledger.usedBytes() == lives.usedBytes()
                && ledger.usedFiles() == lives.usedFiles();
    }
}
