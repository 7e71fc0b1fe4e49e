package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.ExpiredFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Deletes files below a directory that has one directory for each tenant, as
 * {@link io.github.quotaguard.reconcile.FileInventory#ofDirectory} finds them: never one outside that of the tenant,
 * neither by {@code ..} in an id nor by a symbolic link on the way.
 */
record DirectoryDeleter(Path root) implements FileDeleter {

    @Override
    public void delete(ExpiredFile file) throws IOException {
        for (Allocation version : file.versions()) {
            if (!version.id().version().isEmpty()) {
                throw new IOException("has versions, and a directory has none");
            }
        }
        Path tenant = root.resolve(file.tenant()).normalize();
        Path path = tenant.resolve(file.file()).normalize();
        if (!root.normalize().equals(tenant.getParent()) || !path.startsWith(tenant) || path.equals(tenant)) {
            throw new IOException("is not below the directory of its tenant");
        }
        if (!Files.isDirectory(tenant, LinkOption.NOFOLLOW_LINKS)) {
            // A wrong directory would look as if all files were deleted already.
            throw new IOException("has no directory of its tenant: " + tenant);
        }
        Path parent = path.getParent();
        if (parent == null || !Files.exists(parent, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path real = root.toRealPath().resolve(root.normalize().relativize(parent));
        if (!parent.toRealPath().equals(real)) {
            throw new IOException("is behind a symbolic link");
        }
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("is a directory");
        }
        boolean unused = Files.deleteIfExists(path);
    }
}
