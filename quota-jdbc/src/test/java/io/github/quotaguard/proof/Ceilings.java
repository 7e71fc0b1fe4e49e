package io.github.quotaguard.proof;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks that nothing is granted above a limit, over the samples of a run. A tenant may begin above its limit; from
 * there it may only come down, since every grant leaves it at the limit or below.
 */
final class Ceilings {

    private final Load load;
    private final Map<String, Long> before = new HashMap<>();

    Ceilings(Load load) {
        this.load = load;
    }

    /** Compares a sample with the limits and the sample before; samples of one tenant come in their order. */
    List<String> violations(Books books) {
        List<String> wrong = new ArrayList<>();
        books.taken().forEach((counter, taken) -> {
            long limit = limit(counter);
            Long earlier = before.put(counter, taken);
            if (taken > limit && earlier != null && taken > earlier) {
                wrong.add("%s: %d bytes are taken, %d before, limit %d".formatted(counter, taken, earlier, limit));
            }
        });
        return wrong;
    }

    private long limit(String counter) {
        String[] parts = counter.split("\\|", -1);
        QuotaLimits limits = load.policy().limits(AccountId.of(parts[0]));
        return (parts[1].isEmpty() ? limits.bytes() : limits.bytes(new Category(parts[1]))).orElse(Long.MAX_VALUE);
    }
}
