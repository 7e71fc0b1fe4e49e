package io.github.quotaguard.jdbc.cli;

import picocli.CommandLine.Mixin;

/** A command that compares records and files, of one account or of all. */
abstract class ReconcileCommand extends DatabaseCommand {

    @Mixin
    final AccountChoice choice = new AccountChoice();

    @Mixin
    final InventoryOptions inventory = new InventoryOptions();

    @Mixin
    final ReconcileSettings settings = new ReconcileSettings();

    ReconcileCommand(QuotaCommand quota) {
        super(quota);
    }

    @Override
    final void check() {
        choice.require();
        inventory.require();
    }
}
