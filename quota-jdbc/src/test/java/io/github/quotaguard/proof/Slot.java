package io.github.quotaguard.proof;

import io.github.quotaguard.Upload;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place for one file or version, which one thread fills and empties again; and what the journal says of it. Of four
 * neighbours, two are versions of one file, the third is a file that is overwritten, the fourth one without versions.
 */
final class Slot {

    static final int OF_A_GROUP = 4;
    static final String REPLACES_NOTHING = "-";
    static final String REPLACES_ALL = "*";

    private static final int VERSION_IDS = 5;
    private static final String[] CATEGORIES = {"", "image", "document"};

    /** What is called. */
    enum Call {
        RESERVE,
        EXTEND,
        COMMIT,
        UPLOAD,
        RELEASE,
        CLOSE,
        DELETE,
        READ
    }

    /** What came of a call. */
    enum Outcome {
        HELD,
        STORED,
        REFUSED,
        /** Nobody knows; the call has to be repeated. */
        UNKNOWN,
        BUSY,
        /** All is as it was before the call. */
        STANDS,
        /** The handle was closed: what it held is free, or will be at the deadline. */
        LOOSE,
        ENDED,
        DELETED
    }

    /**
     * What is asked for, so that the same can be asked for again.
     *
     * @param version the version's id, empty for a file without versions
     * @param declared the declared size, negative for unknown
     * @param replaces {@link #REPLACES_NOTHING}, {@link #REPLACES_ALL} or a version
     * @param ttlMillis how long it is held
     */
    record Attempt(String version, long declared, String replaces, long ttlMillis) {

        /** What is stored, for calls that reserve nothing. */
        static Attempt of(String version) {
            return new Attempt(version, 0, REPLACES_NOTHING, 0);
        }

        String encode() {
            return version + "," + declared + "," + replaces + "," + ttlMillis;
        }

        static Attempt decode(String text) {
            String[] parts = text.split(",", -1);
            return new Attempt(parts[0], Long.parseLong(parts[1]), parts[2], Long.parseLong(parts[3]));
        }
    }

    /**
     * A reservation that was acknowledged.
     *
     * @param token by which it is resumed; empty if it was not detached, then the same upload is reserved again
     * @param isCertain false once its handle was closed
     */
    record Held(Attempt attempt, long generation, long deadlineMicros, String token, boolean isCertain) {}

    final int tenant;
    final int number;
    final long bytes;
    final boolean hasRow;

    private @Nullable String stored;
    private @Nullable Held held;
    private @Nullable Call pending;
    private @Nullable Attempt attempt;
    private int lastVersion;
    private int commits;
    private int deletes;

    Slot(Load load, int tenant, int number) {
        this.tenant = tenant;
        this.number = number;
        this.bytes = load.bytes(tenant, number);
        this.hasRow = load.hasRows(tenant);
    }

    String key() {
        return tenant + "/" + number;
    }

    int kind() {
        return number % OF_A_GROUP;
    }

    String account() {
        return Load.account(tenant, number);
    }

    String category() {
        return CATEGORIES[number / OF_A_GROUP % CATEGORIES.length];
    }

    /** The first two of a group are versions of one file. */
    String file() {
        return "f" + (kind() == 1 ? number - 1 : number);
    }

    /** Says whether a version of this place's file is this place's. */
    boolean isOwn(String version) {
        return kind() == 3 ? version.isEmpty() : version.startsWith(Character.toString('a' + kind()));
    }

    /** Returns an id that was not the last; after some, they are used again. */
    String nextVersion() {
        if (kind() == 3) {
            return "";
        }
        String next = version(lastVersion + 1);
        return next.equals(stored) ? version(lastVersion + 2) : next;
    }

    private String version(int number) {
        return Character.toString('a' + kind()) + number % VERSION_IDS;
    }

    Upload upload(Attempt attempt) {
        Upload upload = attempt.declared() < 0
                ? Upload.ofUnknownSize(account(), file())
                : Upload.of(account(), file(), attempt.declared());
        if (!category().isEmpty()) {
            upload = upload.category(category());
        }
        if (!attempt.version().isEmpty()) {
            upload = upload.version(attempt.version());
        }
        return switch (attempt.replaces()) {
            case REPLACES_NOTHING -> upload;
            case REPLACES_ALL -> upload.overwrite();
            default -> upload.replacing(attempt.replaces());
        };
    }

    /** The version that is stored, empty for a file without versions, null if nothing is. */
    @Nullable
    String stored() {
        return stored;
    }

    @Nullable
    Held held() {
        return held;
    }

    /** The call whose outcome is not known, by which it is repeated. */
    @Nullable
    Call pending() {
        return pending == Call.READ ? null : pending;
    }

    @Nullable
    Attempt attempt() {
        return attempt;
    }

    int commits() {
        return commits;
    }

    int deletes() {
        return deletes;
    }

    void begin(Call call, Attempt what) {
        pending = call;
        attempt = what;
        if (!what.version().isEmpty()) {
            lastVersion = what.version().charAt(1) - '0';
        }
    }

    void end(Outcome outcome, long generation, long deadlineMicros, String token) {
        Attempt ended = attempt;
        if (ended == null) {
            throw new IllegalStateException("%s ended without a begin: %s".formatted(key(), outcome));
        }
        switch (outcome) {
            case HELD -> held = new Held(ended, generation, deadlineMicros, token, true);
            case STORED -> {
                if (!ended.version().equals(stored)) {
                    commits++;
                    deletes += stored == null ? 0 : 1;
                }
                stored = ended.version();
                held = null;
            }
            case REFUSED, ENDED -> held = null;
            case DELETED -> {
                deletes += stored == null ? 0 : 1;
                stored = null;
            }
            case LOOSE -> held = held == null ? null : loose(held);
            case STANDS, BUSY, UNKNOWN -> {}
        }
        if (outcome != Outcome.BUSY && outcome != Outcome.UNKNOWN) {
            pending = null;
        }
    }

    private static Held loose(Held held) {
        return new Held(held.attempt(), held.generation(), held.deadlineMicros(), held.token(), false);
    }

    /** Returns the versions that may be stored now, {@code null} for none: two if a call is unresolved. */
    Set<@Nullable String> possiblyStored() {
        Set<@Nullable String> possible = new LinkedHashSet<>();
        possible.add(stored);
        if ((pending == Call.COMMIT || pending == Call.UPLOAD) && attempt != null) {
            possible.add(attempt.version());
        } else if (pending == Call.DELETE) {
            possible.add(null);
        }
        return possible;
    }
}
