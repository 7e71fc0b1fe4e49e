package io.github.quotaguard.proof;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.proof.Slot.Attempt;
import io.github.quotaguard.proof.Slot.Call;
import io.github.quotaguard.proof.Slot.Held;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One thread of a worker: takes one of its slots after the other, at random, and fills, replaces, reads or empties it.
 * What the journal leaves unresolved is called again first, with the same ids.
 */
final class Uploader {

    private static final List<Integer> LEVELS = List.of(
            Connection.TRANSACTION_READ_COMMITTED,
            Connection.TRANSACTION_REPEATABLE_READ,
            Connection.TRANSACTION_SERIALIZABLE);

    private final Node node;
    private final Journal journal;
    private final int isolation;
    private final Random random;
    private final Calls calls;
    private final FileRowCalls rowCalls;

    /**
     * Creates one.
     *
     * @param isolation of the application's transactions; 0 for one at random each time
     */
    Uploader(Node node, Journal journal, int isolation, Random random) {
        this.node = node;
        this.journal = journal;
        this.isolation = isolation;
        this.random = random;
        Judge judge = new Judge(journal);
        this.calls = new Calls(node, journal, judge, random);
        this.rowCalls = new FileRowCalls(node, journal, judge, calls, random);
    }

    /** Does something to a slot; if it throws, no transaction could be begun, and nothing was called. */
    void step(Slot slot) throws SQLException {
        try {
            if (slot.pending() != null) {
                resolve(slot);
            } else if (slot.held() != null) {
                finish(slot);
            } else if (slot.stored() == null) {
                upload(slot, Slot.REPLACES_NOTHING);
            } else {
                change(slot);
            }
        } catch (RuntimeException e) {
            journal.violation(
                    slot,
                    "unexpected: " + e + " in " + List.of(e.getStackTrace()).subList(0, 5));
        }
    }

    /** Repeats the call whose outcome is unknown. */
    void resolve(Slot slot) throws SQLException {
        Attempt attempt = Objects.requireNonNull(slot.attempt());
        Held held = slot.held();
        boolean isResumed = held != null && held.isCertain() && !held.token().isEmpty();
        Call pending = Objects.requireNonNull(slot.pending());
        if (pending == Call.DELETE) {
            delete(slot);
        } else if (pending == Call.UPLOAD) {
            calls.upload(slot, attempt);
        } else if (pending == Call.COMMIT && isResumed) {
            commit(slot);
        } else if (pending == Call.RELEASE && isResumed) {
            Reservation reservation = calls.handle(slot, held);
            if (reservation != null) {
                calls.release(slot, reservation);
            }
        } else {
            calls.reserve(slot, attempt);
        }
    }

    private void commit(Slot slot) throws SQLException {
        Reservation reservation = calls.handle(slot, Objects.requireNonNull(slot.held()));
        if (reservation != null && !slot.hasRow) {
            calls.commit(slot, reservation);
        } else if (reservation != null) {
            try (Connection connection = begin(slot)) {
                rowCalls.commit(slot, connection, reservation);
            }
        }
    }

    private Connection begin(Slot slot) throws SQLException {
        return node.begin(slot, isolation == 0 ? LEVELS.get(random.nextInt(LEVELS.size())) : isolation);
    }

    /** Begins an upload; most go on in a transaction that was open before the reservation. */
    private void upload(Slot slot, String replaces) throws SQLException {
        Attempt attempt = new Attempt(slot.nextVersion(), declared(slot), replaces(slot, replaces), ttl());
        if (random.nextInt(6) == 0) {
            calls.reserve(slot, attempt);
        } else if (slot.hasRow) {
            try (Connection connection = begin(slot)) {
                end(slot, connection, calls.reserve(slot, attempt));
            }
        } else if (random.nextInt(3) == 0) {
            calls.upload(slot, attempt);
        } else {
            end(slot, null, calls.reserve(slot, attempt));
        }
    }

    /** Takes up what an earlier step has left, in this process or in one before. */
    private void finish(Slot slot) throws SQLException {
        Held held = Objects.requireNonNull(slot.held());
        if (slot.hasRow) {
            try (Connection connection = begin(slot)) {
                end(slot, connection, calls.handle(slot, held));
            }
        } else {
            end(slot, null, calls.handle(slot, held));
        }
    }

    private void end(Slot slot, @Nullable Connection connection, @Nullable Reservation reservation) {
        if (reservation == null || slot.held() == null || slot.pending() != null) {
            return;
        }
        int what = random.nextInt(12);
        if (what == 0) {
            calls.release(slot, reservation);
        } else if (what == 1) {
            calls.close(slot, reservation);
        } else if (what > 2) {
            // Otherwise it is left, to be taken up later or to expire.
            if (what < 6) {
                calls.extend(slot, reservation);
            }
            if (slot.held() != null && slot.pending() == null && connection != null) {
                rowCalls.commit(slot, connection, reservation);
            } else if (slot.held() != null && slot.pending() == null) {
                calls.commit(slot, reservation);
            }
        }
    }

    private void change(Slot slot) throws SQLException {
        int what = random.nextInt(10);
        if (what < 2) {
            calls.read(slot);
        } else if (what < 5 && slot.kind() != 3) {
            upload(slot, Objects.requireNonNull(slot.stored()));
        } else {
            delete(slot);
        }
    }

    private void delete(Slot slot) throws SQLException {
        if (!slot.hasRow) {
            calls.delete(slot);
            return;
        }
        try (Connection connection = begin(slot)) {
            rowCalls.delete(slot, connection);
        }
    }

    private static String replaces(Slot slot, String stored) {
        return slot.kind() == 2 ? Slot.REPLACES_ALL : stored;
    }

    /** What is declared is right, too little, too much, or unknown. */
    private long declared(Slot slot) {
        return switch (random.nextInt(6)) {
            case 0 -> -1;
            case 1 -> slot.bytes / 2;
            case 2 -> slot.bytes + random.nextInt(20);
            default -> slot.bytes;
        };
    }

    private long ttl() {
        return random.nextInt(4) == 0 ? Node.SHORT_MILLIS : Node.LONG_MILLIS;
    }
}
