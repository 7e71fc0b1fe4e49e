package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.ReserveCommand;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Commands as a guard would make them; the limit is that of the bytes of each account. */
final class Commands {

    private Commands() {}

    static ReserveCommand reserve(String account, String file, long bytes) {
        return reserve(account, file, "", null, bytes, Stage.LIMIT);
    }

    static ReserveCommand reserve(
            String account, String file, String version, @Nullable String category, long bytes, long limit) {
        AccountId charged = AccountId.of(account);
        Category of = category == null ? null : new Category(category);
        AllocationSpec spec = new AllocationSpec(
                new FileVersion(charged.tenant(), file, version),
                charged,
                of,
                OptionalLong.of(bytes),
                Replacement.NONE,
                Map.of(),
                null,
                null,
                null);
        List<CounterLimit> limits = charged.lineage().stream()
                .flatMap(one -> of == null
                        ? List.of(limit(one, null, limit)).stream()
                        : List.of(limit(one, null, limit), limit(one, of, limit)).stream())
                .toList();
        return new ReserveCommand(spec, Stage.TTL, limits);
    }

    private static CounterLimit limit(AccountId account, @Nullable Category category, long bytes) {
        return new CounterLimit(account, category, bytes, CounterLimit.UNLIMITED, CounterLimit.UNLIMITED);
    }

    /** Returns so many, each of another file. */
    static List<ReserveCommand> many(String account, String files, int number, long bytes) {
        return IntStream.range(0, number)
                .mapToObj(i -> reserve(account, files + i, bytes))
                .toList();
    }
}
