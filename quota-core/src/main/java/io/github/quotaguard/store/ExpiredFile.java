package io.github.quotaguard.store;

import java.time.Instant;
import java.util.List;

/**
 * A temporary file whose time has passed.
 *
 * @param versions its versions, all committed, at least one, in the order of their ids
 */
public record ExpiredFile(List<Allocation> versions) {

    /**
     * Copies the versions.
     *
     * @throws IllegalArgumentException if there is none
     */
    public ExpiredFile {
        versions = List.copyOf(versions);
        if (versions.isEmpty()) {
            throw new IllegalArgumentException("an expired file needs a version");
        }
    }

    /**
     * Returns whose file it is.
     *
     * @return the tenant
     */
    public String tenant() {
        return versions.get(0).id().tenant();
    }

    /**
     * Returns who is charged.
     *
     * @return the account
     */
    public AccountId account() {
        return versions.get(0).account();
    }

    /**
     * Returns the file's id.
     *
     * @return the id, without a version
     */
    public String file() {
        return versions.get(0).id().file();
    }

    /**
     * Returns what is charged for it.
     *
     * @return the bytes of all its versions
     */
    public long bytes() {
        return versions.stream().mapToLong(Allocation::bytes).sum();
    }

    /**
     * Returns when the last of its versions has expired.
     *
     * @return the time
     */
    public Instant expiredAt() {
        Instant last = Instant.MIN;
        for (Allocation version : versions) {
            Instant until = version.spec().retainUntil();
            last = until != null && until.isAfter(last) ? until : last;
        }
        return last;
    }
}
