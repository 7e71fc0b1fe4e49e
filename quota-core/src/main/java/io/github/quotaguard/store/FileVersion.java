package io.github.quotaguard.store;

/**
 * The caller's name for one version of one file, unique within a tenant and stable across retries: it is what makes a
 * repeated call the same call. File and version have at most {@value #MAX_LENGTH} characters each under the rules of
 * {@link AccountId}; they may hold {@code /}.
 *
 * @param tenant the first segment of the account
 * @param file the file's id, at least 1 character
 * @param version the version's id, or {@link #NO_VERSION} for a file without versions
 */
public record FileVersion(String tenant, String file, String version) {

    /** The most characters a file's or a version's id may have. */
    public static final int MAX_LENGTH = 255;

    /** The version of a file whose caller names none. */
    public static final String NO_VERSION = "";

    /**
     * Checks the three ids.
     *
     * @throws IllegalArgumentException if one is too long, has a character that ids may not hold, or the tenant or the
     *     file is empty, or the tenant has a {@code /}
     */
    public FileVersion {
        AccountId.requireTenant(tenant);
        requireFile(file);
        Ids.require("version id", version, 0, MAX_LENGTH);
    }

    /**
     * Checks the id of a file, for what is asked of a file whatever its version.
     *
     * @param file the file's id
     * @throws IllegalArgumentException if it is empty, too long, or has a character that ids may not hold
     */
    public static void requireFile(String file) {
        Ids.require("file id", file, 1, MAX_LENGTH);
    }

    /** Returns the ids in the form {@code tenant:file} or {@code tenant:file@version}, for messages. */
    @Override
    public String toString() {
        return version.isEmpty() ? tenant + ":" + file : tenant + ":" + file + "@" + version;
    }
}
