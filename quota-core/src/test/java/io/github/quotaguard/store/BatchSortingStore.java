package io.github.quotaguard.store;

import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A store that takes the smallest of a batch first, so that more of them fit, and answers in that order. */
final class BatchSortingStore extends SoundStore {

    BatchSortingStore(InstantSource clock, Map<String, byte[]> disk) {
        super(clock, disk);
    }

    @Override
    public List<ReserveResult> reserveAll(List<ReserveCommand> commands) {
        return super.reserveAll(commands.stream()
                .sorted(Comparator.comparingLong(command -> command.spec().bytes()))
                .toList());
    }
}
