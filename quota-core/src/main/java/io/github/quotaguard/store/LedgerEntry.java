package io.github.quotaguard.store;

/**
 * An entry of the ledger as the account sees it that was asked for.
 *
 * @param entry the entry, of that account or one below it
 * @param balanceAfter the bytes that the account which was asked for used after it: of a roll-up those at the end of its
 *     hour, but for what other roll-ups of the same hour say above it
 */
public record LedgerEntry(Entry entry, long balanceAfter) {}
