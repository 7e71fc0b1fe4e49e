package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * An upload does not fit. Nothing is held for it that was not held before. {@link #violation()} is the limit with the
 * least left, {@link #violations()} are all limits that it does not fit into; both survive serialization.
 */
public final class QuotaExceededException extends QuotaException {

    private static final long serialVersionUID = 1L;

    private final ArrayList<LimitCheck> violations;

    QuotaExceededException(FileVersion id, List<LimitCheck> violations) {
        super(describe(id, violations));
        this.violations = new ArrayList<>(violations);
    }

    /**
     * Returns every limit that the upload does not fit into.
     *
     * @return at least one, ancestors first
     */
    public List<LimitCheck> violations() {
        return Collections.unmodifiableList(violations);
    }

    /**
     * Returns the violated limit with the least left.
     *
     * @return the limit with its numbers
     */
    public LimitCheck violation() {
        return tightest(violations);
    }

    /**
     * Returns whose limit is violated.
     *
     * @return the account of {@link #violation()}: the one charged or an ancestor
     */
    public AccountId account() {
        return violation().account();
    }

    /**
     * Returns what the violated limit counts.
     *
     * @return the metric of {@link #violation()}
     */
    public MetricType metric() {
        return violation().metric();
    }

    /**
     * Returns how much more was asked for.
     *
     * @return bytes, or files if the metric counts files
     */
    public long requested() {
        return violation().requested();
    }

    /**
     * Returns how much was in use.
     *
     * @return bytes, or files if the metric counts files
     */
    public long used() {
        return violation().used();
    }

    /**
     * Returns how much was held for uploads under way.
     *
     * @return bytes, or files if the metric counts files
     */
    public long reserved() {
        return violation().reserved();
    }

    /**
     * Returns the violated limit.
     *
     * @return bytes, or files if the metric counts files
     */
    public long limit() {
        return violation().limit();
    }

    /**
     * Returns what the upload could have got.
     *
     * @return limit − used − reserved, not below 0
     */
    public long available() {
        return violation().available();
    }

    static String describe(FileVersion id, List<LimitCheck> violations) {
        return "%s does not fit: %s".formatted(id, LimitText.of(tightest(violations)));
    }

    private static LimitCheck tightest(List<LimitCheck> violations) {
        return violations.stream()
                .min(Comparator.comparingLong(LimitCheck::available))
                .orElseThrow(() -> new IllegalArgumentException("a refusal names at least one limit"));
    }
}
