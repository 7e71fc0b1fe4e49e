package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Correction;
import io.github.quotaguard.store.CorrectionResult;
import io.github.quotaguard.store.RepairCause;
import io.github.quotaguard.store.RepairLease;
import io.github.quotaguard.store.RepairStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Corrects what a {@link Comparison} finds, batch by batch, each version looked at once more right before. */
final class Repair implements Comparison.Findings {

    private final RepairStore repairs;
    private final RepairLease lease;
    private final RepairCause cause;
    private final Map<DriftKind, DriftCount> corrected = new EnumMap<>(DriftKind.class);
    private final Map<CorrectionResult, Integer> left = new EnumMap<>(CorrectionResult.class);
    private UnaryOperator<List<Suspect>> lookAgain = suspects -> suspects;

    /** How many files may still be removed, so that what vanishes after the diagnosis does not pass the brake. */
    private long removals;

    private final Runnable renewal;

    Repair(RepairStore repairs, RepairLease lease, RepairCause cause, long removals, Runnable renewal) {
        this.repairs = repairs;
        this.lease = lease;
        this.cause = cause;
        this.removals = removals;
        this.renewal = renewal;
    }

    void run(Comparison comparison) {
        lookAgain = comparison::lookAgain;
        comparison.run();
    }

    Map<DriftKind, DriftCount> corrected() {
        return corrected;
    }

    Map<CorrectionResult, Integer> left() {
        return left;
    }

    @Override
    public void differing(List<Suspect> suspects) {
        List<Suspect> wrong = new ArrayList<>();
        for (Suspect suspect : lookAgain.apply(suspects)) {
            if (suspect.kind() != DriftKind.GONE || removals-- > 0) {
                wrong.add(suspect);
            }
        }
        List<Correction> corrections = wrong.stream()
                .map(suspect -> suspect.correction(Objects.requireNonNull(suspect.kind())))
                .toList();
        renewal.run();
        List<CorrectionResult> results = repairs.correct(lease, corrections, cause);
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) == CorrectionResult.MADE) {
                Drift made =
                        wrong.get(i).drift(Objects.requireNonNull(wrong.get(i).kind()));
                corrected.merge(made.kind(), DriftCount.NONE.plus(made), (before, one) -> before.plus(made));
            } else {
                left.merge(results.get(i), 1, Integer::sum);
            }
        }
    }

    @Override
    public void began(Instant at) {}

    @Override
    public void file(StoredFile file, @Nullable Allocation record) {}

    @Override
    public void recorded(Allocation life) {}

    @Override
    public void inFlight(Allocation life) {}

    @Override
    public void young(StoredFile file) {}

    @Override
    public void leftBehind(Drift drift) {}
}
