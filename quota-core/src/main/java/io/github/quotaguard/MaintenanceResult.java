package io.github.quotaguard;

import io.github.quotaguard.store.SweepResult;

/**
 * What a round of maintenance has done.
 *
 * @param swept what was expired, settled and forgotten
 * @param warnings how many warnings were told to the listeners
 * @param rolledUp how many entries of ledgers were folded
 */
public record MaintenanceResult(SweepResult swept, int warnings, long rolledUp) {}
