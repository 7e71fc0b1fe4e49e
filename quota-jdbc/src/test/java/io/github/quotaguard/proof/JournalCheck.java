package io.github.quotaguard.proof;

import io.github.quotaguard.proof.Books.Life;
import io.github.quotaguard.proof.Slot.Held;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares what journals say was acknowledged with what is recorded. A call without an answer may have happened or not;
 * everything else must be there, once.
 */
final class JournalCheck {

    private JournalCheck() {}

    /** Returns a line for each acknowledged end or reservation that is lost, or that is there and should not be. */
    static List<String> violations(Books books, Collection<Slot> slots) {
        List<String> wrong = new ArrayList<>();
        for (Slot slot : slots) {
            if (slot.tenant == books.tenant) {
                compare(wrong, books, slot);
            }
        }
        return wrong;
    }

    private static void compare(List<String> wrong, Books books, Slot slot) {
        Set<String> stored = new TreeSet<>();
        for (Life life : books.lives().values()) {
            if (life.file().equals(slot.file()) && slot.isOwn(life.version())) {
                if ("COMMIT".equals(life.end())) {
                    stored.add(life.version());
                    if (life.bytes() != slot.bytes) {
                        wrong.add("%s: stored with %d bytes, not %d".formatted(slot.key(), life.bytes(), slot.bytes));
                    }
                } else if (life.end() == null && slot.held() == null && slot.pending() == null) {
                    wrong.add("%s: nothing is held, but %s is reserved".formatted(slot.key(), life));
                }
            }
        }
        boolean isPossible = slot.possiblyStored().stream()
                .map(version -> version == null ? Set.<String>of() : Set.of(version))
                .anyMatch(stored::equals);
        if (!isPossible) {
            wrong.add("%s: acknowledged is one of %s (pending %s), stored is %s"
                    .formatted(slot.key(), slot.possiblyStored(), slot.pending(), stored));
        }
        Held held = slot.held();
        if (held != null && held.isCertain() && slot.pending() == null) {
            compareHeld(wrong, books, slot, held);
        }
    }

    /** A reservation that was acknowledged stands, or has expired after its deadline. */
    private static void compareHeld(List<String> wrong, Books books, Slot slot, Held held) {
        @Nullable
        Life life = books.lives().get(slot.file() + " " + held.attempt().version());
        if (life == null || life.generation() != held.generation()) {
            wrong.add("%s: acknowledged is %s, recorded is %s".formatted(slot.key(), held, life));
        } else if (life.end() != null
                && !(life.end().equals("EXPIRE") && life.endedAt() != null && !isBefore(life, held))) {
            wrong.add("%s: acknowledged is %s, ended is %s".formatted(slot.key(), held, life));
        }
    }

    private static boolean isBefore(Life life, Held held) {
        Instant deadline = Instant.EPOCH.plus(held.deadlineMicros(), ChronoUnit.MICROS);
        return life.endedAt() != null && life.endedAt().toInstant().isBefore(deadline);
    }

    /**
     * Returns a line for each tenant with more or fewer ends in its ledger than were acknowledged. All slots of all
     * workers have to be given, and none may be unresolved: then nothing is counted twice and nothing is missing.
     */
    static List<String> countViolations(Books books, Collection<Slot> slots) {
        long commits = 0;
        long deletes = 0;
        long bits = 0;
        for (Slot slot : slots) {
            if (slot.tenant == books.tenant) {
                commits += slot.commits();
                deletes += slot.deletes();
                bits += slot.stored() == null ? 0 : slot.bytes;
            }
        }
        List<String> wrong = new ArrayList<>();
        if (commits != books.commits() || deletes != books.deletes()) {
            wrong.add("tenant %d: acknowledged %d commits and %d deletes, the ledger has %d and %d"
                    .formatted(books.tenant, commits, deletes, books.commits(), books.deletes()));
        }
        if (bits != books.used()) {
            wrong.add("tenant %d: acknowledged files have the bits %s, used are %s"
                    .formatted(books.tenant, Long.toBinaryString(bits), Long.toBinaryString(books.used())));
        }
        return wrong;
    }
}
