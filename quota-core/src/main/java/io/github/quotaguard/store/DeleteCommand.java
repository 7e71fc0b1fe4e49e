package io.github.quotaguard.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks a store to delete one version of a file, or all.
 *
 * @param account whose file it is; a file of another account is not found
 * @param file the file's id
 * @param version the version's id, {@link FileVersion#NO_VERSION} included; null for every version
 * @param actor who deletes, for the ledger, or null; 1 to {@value AllocationSpec#MAX_ACTOR_LENGTH} characters
 * @param reason why, for the ledger, or null; 1 to {@value AllocationSpec#MAX_REASON_LENGTH} characters
 */
public record DeleteCommand(
        AccountId account,
        String file,
        @Nullable String version,
        @Nullable String actor,
        @Nullable String reason) {

    /**
     * Checks the ids, the actor and the reason.
     *
     * @throws IllegalArgumentException if one is not allowed
     */
    public DeleteCommand {
        Objects.requireNonNull(account, "account");
        FileVersion.requireFile(file);
        if (version != null) {
            Ids.require("version id", version, 0, FileVersion.MAX_LENGTH);
        }
        if (actor != null) {
            Ids.require("actor", actor, 1, AllocationSpec.MAX_ACTOR_LENGTH);
        }
        if (reason != null) {
            Ids.require("reason", reason, 1, AllocationSpec.MAX_REASON_LENGTH);
        }
    }

    /**
     * Asks for a deletion that names neither actor nor reason.
     *
     * @param account whose file it is
     * @param file the file's id
     * @param version the version's id, or null for every version
     * @throws IllegalArgumentException if an id is not allowed
     */
    public DeleteCommand(AccountId account, String file, @Nullable String version) {
        this(account, file, version, null, null);
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
