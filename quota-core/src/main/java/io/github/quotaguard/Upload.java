package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Replacement;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What is about to be uploaded: for whom, as which file, and how large. Immutable: each method returns a changed copy.
 *
 * <p>The file's id, with the version's, is what makes a retry a retry: the same upload reserved again gets the same
 * reservation, one that was stored is answered <em>already stored</em>. Ids are unique within the tenant, the first
 * segment of the account.
 *
 * <pre>{@code Upload.of("acme/user-7", "photo-1", 438_407).category("image")}</pre>
 */
public final class Upload {

    private final AllocationSpec spec;

    private Upload(AllocationSpec spec) {
        this.spec = spec;
    }

    /**
     * Returns an upload of a known size.
     *
     * @param account who is charged, as {@link AccountId} describes: {@code acme} or {@code acme/user-7}
     * @param file the file's id, 1 to 255 characters
     * @param bytes its size, 0 or more; if it turns out another one, the commit says so
     * @return the upload
     * @throws IllegalArgumentException if an id or the size is not allowed
     */
    public static Upload of(String account, String file, long bytes) {
        return of(AccountId.of(account), file, OptionalLong.of(bytes));
    }

    /**
     * Returns an upload whose size is not known before its end. Nothing is held for it until its reservation is
     * extended, which {@link UploadGuard#stream} does as bytes flow; its commit has to name the size.
     *
     * @param account who is charged
     * @param file the file's id, 1 to 255 characters
     * @return the upload
     * @throws IllegalArgumentException if an id is not allowed
     */
    public static Upload ofUnknownSize(String account, String file) {
        return of(AccountId.of(account), file, OptionalLong.empty());
    }

    private static Upload of(AccountId account, String file, OptionalLong bytes) {
        FileVersion id = new FileVersion(account.tenant(), file, FileVersion.NO_VERSION);
        return new Upload(new AllocationSpec(id, account, null, bytes, Replacement.NONE, Map.of(), null, null, null));
    }

    /**
     * Names the version. The bytes of every version count, the file counts once.
     *
     * @param version the version's id, 1 to 255 characters
     * @return a changed copy
     * @throws IllegalArgumentException if the id is not allowed
     */
    public Upload version(String version) {
        if (version.isEmpty()) {
            throw new IllegalArgumentException("version id is empty: leave it out for a file without versions");
        }
        return new Upload(spec.withId(idWith(version)));
    }

    /**
     * Names the kind of file.
     *
     * @param category the category, 1 to 64 characters
     * @return a changed copy
     * @throws IllegalArgumentException if the name is not allowed
     */
    public Upload category(String category) {
        return new Upload(spec.withCategory(new Category(category)));
    }

    /**
     * Keeps a pair with the allocation and its ledger entries: at most 16 pairs, together 2,048 bytes of UTF-8.
     *
     * @param key 1 or more characters
     * @param value 0 or more characters
     * @return a changed copy
     * @throws IllegalArgumentException if there are too many, they are too long, or a character is not allowed
     */
    public Upload metadata(String key, String value) {
        Map<String, String> metadata = new HashMap<>(spec.metadata());
        metadata.put(key, value);
        return new Upload(spec.withMetadata(metadata));
    }

    /**
     * Marks a temporary file.
     *
     * @param retainUntil when it may be cleaned up, by the store's clock; in the years 1970 to 9999
     * @return a changed copy
     * @throws IllegalArgumentException if it is in another year
     */
    public Upload retainUntil(Instant retainUntil) {
        return new Upload(spec.withRetainUntil(Objects.requireNonNull(retainUntil, "retainUntil")));
    }

    /**
     * Lets the commit delete another version of the same file. Only what the new version needs beyond the old one is
     * held: to replace 10 bytes by 12, 2; by 7, none. If somebody else has ended the old version by then, the commit
     * needs the rest too.
     *
     * @param version the version to be deleted; an upload without a version of its own gets a fresh one
     * @return a changed copy
     * @throws IllegalArgumentException if the id is not allowed, or is this upload's own
     */
    public Upload replacing(String version) {
        return new Upload(spec.withId(idWith(ownOrFreshVersion())).withReplacement(Replacement.ofVersion(version)));
    }

    /**
     * Lets the commit delete every other version of the file that stands by then, as {@link #replacing} does one. An
     * upload without a version gets a fresh random one: reserving this same object again is a retry, an upload built
     * anew is another version. {@link UploadGuard#versions} tells which one stands.
     *
     * @return a changed copy
     */
    public Upload overwrite() {
        return new Upload(spec.withId(idWith(ownOrFreshVersion())).withReplacement(Replacement.EVERY_VERSION));
    }

    /**
     * Passes every limit, on behalf of an administrator.
     *
     * @param reason why, 1 to 255 characters; the ledger keeps it
     * @return a changed copy
     * @throws IllegalArgumentException if the reason is not allowed
     */
    public Upload forced(String reason) {
        return new Upload(spec.withForcedReason(Objects.requireNonNull(reason, "reason")));
    }

    /**
     * Names who uploads, for the ledger.
     *
     * @param actor a user, a service, a ticket: 1 to 255 characters
     * @return a changed copy
     * @throws IllegalArgumentException if the name is not allowed
     */
    public Upload actor(String actor) {
        return new Upload(spec.withActor(Objects.requireNonNull(actor, "actor")));
    }

    /**
     * Returns what a store is asked for.
     *
     * @return every part of this upload
     */
    public AllocationSpec spec() {
        return spec;
    }

    private FileVersion idWith(String version) {
        return new FileVersion(spec.id().tenant(), spec.id().file(), version);
    }

    private String ownOrFreshVersion() {
        return spec.id().version().isEmpty()
                ? Long.toString(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE), Character.MAX_RADIX)
                : spec.id().version();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Upload that && spec.equals(that.spec);
    }

    @Override
    public int hashCode() {
        return spec.hashCode();
    }

    /** Returns ids and size, for messages. */
    @Override
    public String toString() {
        return "%s for %s (%s)"
                .formatted(
                        spec.id(),
                        spec.account(),
                        spec.declaredBytes().isPresent() ? ByteCount.format(spec.bytes()) : "unknown size");
    }
}
