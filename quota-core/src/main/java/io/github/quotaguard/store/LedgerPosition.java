package io.github.quotaguard.store;

import java.time.Instant;

/**
 * Where a page of the ledger ended, and what its store needs to go on from there.
 *
 * @param seq the number of the last entry listed
 * @param settledAt when that entry was settled
 * @param balance the bytes that the account used before that entry
 * @param rolledUpTo the number of the tenant's last roll-up then, 0 if there was none; a store that adds up afresh for
 *     each page needs neither this nor the balance nor the time
 */
public record LedgerPosition(long seq, Instant settledAt, long balance, long rolledUpTo) {}
