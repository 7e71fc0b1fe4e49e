package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.DeleteCommand;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be deleted, by whom and why. Immutable: each method returns a changed copy.
 *
 * <pre>{@code Deletion.of("acme/user-7", "photo-1").actor("support:kim").reason("ticket 4711")}</pre>
 */
public final class Deletion {

    private final DeleteCommand command;

    private Deletion(DeleteCommand command) {
        this.command = command;
    }

    /**
     * Returns the deletion of every version of a file.
     *
     * @param account whose file it is
     * @param file the file's id
     * @return the deletion
     * @throws IllegalArgumentException if an id is not allowed
     */
    public static Deletion of(String account, String file) {
        return new Deletion(new DeleteCommand(AccountId.of(account), file, null));
    }

    /**
     * Names the one version to be deleted.
     *
     * @param version the version's id; empty for that of an upload without versions
     * @return a changed copy
     * @throws IllegalArgumentException if the id is not allowed
     */
    public Deletion version(String version) {
        return changed(Objects.requireNonNull(version, "version"), command.actor(), command.reason());
    }

    /**
     * Names who deletes, for the ledger.
     *
     * @param actor a user, a service, a ticket: 1 to 255 characters
     * @return a changed copy
     * @throws IllegalArgumentException if the name is not allowed
     */
    public Deletion actor(String actor) {
        return changed(command.version(), Objects.requireNonNull(actor, "actor"), command.reason());
    }

    /**
     * Says why, for the ledger.
     *
     * @param reason 1 to 255 characters
     * @return a changed copy
     * @throws IllegalArgumentException if the reason is not allowed
     */
    public Deletion reason(String reason) {
        return changed(command.version(), command.actor(), Objects.requireNonNull(reason, "reason"));
    }

    /**
     * Returns what a store is asked for.
     *
     * @return every part of this deletion
     */
    public DeleteCommand command() {
        return command;
    }

    private Deletion changed(@Nullable String version, @Nullable String actor, @Nullable String reason) {
        return new Deletion(new DeleteCommand(command.account(), command.file(), version, actor, reason));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Deletion that && command.equals(that.command);
    }

    @Override
    public int hashCode() {
        return command.hashCode();
    }

    /** Returns the file and who deletes it. */
    @Override
    public String toString() {
        return command.toString();
    }
}
