package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Balance;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts what a {@link Comparison} finds. */
final class Diagnosis implements Comparison.Findings {

    private static final int SAMPLES = 100;

    private final AccountId account;
    private final Map<DriftKind, DriftCount> drift = new EnumMap<>(DriftKind.class);
    private final List<Drift> samples = new ArrayList<>();

    /** By the name of the category, empty for none. */
    private final Map<String, Long> actual = new HashMap<>();

    private Instant began = Instant.EPOCH;
    private long actualBytes;
    private long files;
    private long recordedFiles;
    private long recordedBytes;
    private long inFlight;
    private long young;

    Diagnosis(AccountId account) {
        this.account = account;
    }

    @Override
    public void began(Instant at) {
        began = at;
    }

    @Override
    public void file(StoredFile file, @Nullable Allocation record) {
        Category category = file.category() == null && record != null ? record.category() : file.category();
        actual.merge(name(category), file.bytes(), Math::addExact);
        actualBytes = Math.addExact(actualBytes, file.bytes());
        files++;
    }

    @Override
    public void recorded(Allocation life) {
        recordedFiles++;
        recordedBytes += life.bytes();
    }

    @Override
    public void inFlight(Allocation life) {
        inFlight++;
    }

    @Override
    public void young(StoredFile file) {
        young++;
    }

    @Override
    public void leftBehind(Drift left) {
        add(left);
    }

    @Override
    public void differing(List<Suspect> suspects) {
        suspects.forEach(suspect -> add(suspect.drift(Objects.requireNonNull(suspect.kind()))));
    }

    private void add(Drift found) {
        drift.merge(found.kind(), DriftCount.NONE.plus(found), (before, one) -> before.plus(found));
        if (samples.size() < SAMPLES) {
            samples.add(found);
        }
    }

    DriftReport report(AccountCounters recorded, List<Balance> uneven) {
        Map<String, Long> charged = new TreeMap<>();
        long withCategory = 0;
        for (Map.Entry<Category, Usage> category : recorded.categories().entrySet()) {
            charged.put(category.getKey().name(), category.getValue().usedBytes());
            withCategory += category.getValue().usedBytes();
        }
        long without = recorded.total().usedBytes() - withCategory;
        if (without != 0) {
            charged.put("", without);
        }
        actual.keySet().forEach(category -> charged.putIfAbsent(category, 0L));
        List<CategoryDrift> categories = new ArrayList<>();
        charged.forEach((category, bytes) -> categories.add(new CategoryDrift(
                category.isEmpty() ? null : new Category(category), bytes, actual.getOrDefault(category, 0L))));
        return new DriftReport(
                account,
                began,
                recorded.total().usedBytes(),
                actualBytes,
                categories,
                files,
                recordedFiles,
                recordedBytes,
                drift,
                samples,
                uneven,
                inFlight,
                young);
    }

    private static String name(@Nullable Category category) {
        return category == null ? "" : category.name();
    }
}
