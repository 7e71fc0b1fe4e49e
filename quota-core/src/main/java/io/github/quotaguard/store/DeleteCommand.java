package io.github.quotaguard.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks a store to delete one version of a file, or all.
 *
 * @param account whose file it is; a file of another account is not found
 * @param file the file's id
 * @param version the version's id, {@link FileVersion#NO_VERSION} included; null for every version
 */
public record DeleteCommand(
        AccountId account, String file, @Nullable String version) {

    /**
     * Checks the ids.
     *
     * @throws IllegalArgumentException if one is not allowed
     */
    public DeleteCommand {
        Objects.requireNonNull(account, "account");
        FileVersion.requireFile(file);
        if (version != null) {
            Ids.require("version id", version, 0, FileVersion.MAX_LENGTH);
        }
    }

    /**
     * Says whether an allocation is meant.
     *
     * @param allocation an allocation of the same tenant
     * @return true if account, file and, where given, version are equal
     */
    public boolean selects(Allocation allocation) {
        return account.equals(allocation.account())
                && file.equals(allocation.id().file())
                && (version == null || version.equals(allocation.id().version()));
    }
}
