package io.github.quotaguard.store;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a {@link RetentionStore} does to the books of one tenant. */
final class TenantRetention {

    private static final Comparator<ExpiredFile> ORDER =
            Comparator.comparing(ExpiredFile::expiredAt).thenComparing(ExpiredFile::file);

    private final TenantBooks books;

    /** Until when the lives that are being cleaned up are claimed. */
    private final Map<Long, Instant> claims = new TreeMap<>();

    TenantRetention(TenantBooks books) {
        this.books = books;
    }

    List<ExpiredFile> expired(@Nullable ExpiredFile after, int limit, Instant now) {
        return books.files().stream()
                .flatMap(file -> expired(file, now).stream())
                .filter(file -> after == null || ORDER.compare(file, after) > 0)
                .sorted(ORDER)
                .limit(limit)
                .toList();
    }

    /** Returns the file if it is expired, and nobody has claimed it. */
    private Optional<ExpiredFile> expired(FileLives file, Instant now) {
        List<Allocation> live = file.live();
        boolean isExpired =
                !live.isEmpty() && live.stream().allMatch(life -> isExpired(life, now) && isFree(life, now));
        return isExpired ? Optional.of(new ExpiredFile(live)) : Optional.empty();
    }

    private static boolean isExpired(Allocation life, Instant now) {
        Instant until = life.spec().retainUntil();
        return life.state() == AllocationState.COMMITTED && until != null && !until.isAfter(now);
    }

    private boolean isFree(Allocation life, Instant now) {
        Instant claimedUntil = claims.get(life.generation());
        return claimedUntil == null || !claimedUntil.isAfter(now);
    }

    List<ExpiredFile> claim(List<ExpiredFile> files, Duration length, Instant now) {
        List<ExpiredFile> claimed = new ArrayList<>();
        for (ExpiredFile wanted : files) {
            FileLives file = books.file(wanted.file());
            if (file != null && expired(file, now).filter(wanted::equals).isPresent()) {
                wanted.versions().forEach(life -> claims.put(life.generation(), now.plus(length)));
                claimed.add(wanted);
            }
        }
        return claimed;
    }

    List<Allocation> free(List<ExpiredFile> files, RepairCause cause, Instant now) {
        List<Allocation> freed = new ArrayList<>();
        for (ExpiredFile file : files) {
            for (Allocation version : file.versions()) {
                Life life = books.life(version.id(), version.generation());
                if (life != null && life.state == AllocationState.COMMITTED) {
                    books.delete(life, cause.actor(), cause.reason(), now);
                    freed.add(life.snapshot());
                }
            }
        }
        return freed;
    }

    KeepResult keep(AccountId account, String name) {
        FileLives file = books.file(name);
        List<Life> live = file == null
                ? List.of()
                : file.all().stream()
                        .filter(life ->
                                life.state.isLive() && life.spec.account().equals(account))
                        .toList();
        if (live.isEmpty()) {
            return KeepResult.NOT_FOUND;
        }
        if (live.stream().anyMatch(life -> claims.containsKey(life.generation))) {
            return KeepResult.LOST;
        }
        if (live.stream().allMatch(life -> life.spec.retainUntil() == null)) {
            return KeepResult.PERMANENT;
        }
        live.forEach(life -> life.spec = life.spec.withRetainUntil(null));
        return KeepResult.KEPT;
    }

    void forget(Life life) {
        claims.remove(life.generation);
    }

    void write(DataOutputStream out) throws IOException {
        TenantFormat.writeAll(out, List.copyOf(claims.entrySet()), (o, claim) -> {
            o.writeLong(claim.getKey());
            TenantFormat.writeTime(o, claim.getValue());
        });
    }

    void read(DataInputStream in) throws IOException {
        TenantFormat.readAll(in, i -> claims.put(i.readLong(), TenantFormat.required(TenantFormat.readTime(i))));
    }
}
