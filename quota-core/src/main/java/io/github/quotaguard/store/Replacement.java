package io.github.quotaguard.store;

import java.util.Objects;

/**
 * Which committed versions of the same file the commit of an upload deletes, if they still stand by then.
 *
 * @param scope none, one or every other version
 * @param version the one version's id, otherwise {@link FileVersion#NO_VERSION}
 */
public record Replacement(Scope scope, String version) {

    /** Deletes nothing: the version stands beside those that exist. */
    public static final Replacement NONE = new Replacement(Scope.NONE, FileVersion.NO_VERSION);

    /** Deletes every other version. */
    public static final Replacement EVERY_VERSION = new Replacement(Scope.EVERY_VERSION, FileVersion.NO_VERSION);

    /** How much is deleted. */
    public enum Scope {
        /** Nothing. */
        NONE,
        /** One version. */
        ONE_VERSION,
        /** Every other version. */
        EVERY_VERSION
    }

    /**
     * Checks the id.
     *
     * @throws IllegalArgumentException if it is not allowed, or the scope does not go with a version
     */
    public Replacement {
        Objects.requireNonNull(scope, "scope");
        Ids.require("replaced version id", version, 0, FileVersion.MAX_LENGTH);
        if (scope != Scope.ONE_VERSION && !version.isEmpty()) {
            throw new IllegalArgumentException("replacement of scope %s names version '%s'".formatted(scope, version));
        }
    }

    /**
     * Returns the deletion of one version.
     *
     * @param version the version's id, {@link FileVersion#NO_VERSION} included
     * @return the replacement
     * @throws IllegalArgumentException if the id is not allowed
     */
    public static Replacement ofVersion(String version) {
        return new Replacement(Scope.ONE_VERSION, version);
    }

    /**
     * Says whether a commit of {@code self} deletes {@code other}.
     *
     * @param self the version that is committed
     * @param other a committed version of the same file
     * @return true if {@code other} is to be deleted
     */
    public boolean covers(FileVersion self, FileVersion other) {
        return switch (scope) {
            case NONE -> false;
            case ONE_VERSION -> version.equals(other.version());
            case EVERY_VERSION -> !self.equals(other);
        };
    }
}
