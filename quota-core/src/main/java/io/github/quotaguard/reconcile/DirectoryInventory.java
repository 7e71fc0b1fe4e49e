package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.FileVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Files under a directory that has one directory for each tenant. The id of a file is its path below the directory of its
 * tenant, with {@code /} between the names: {@code acme/2026/photo.jpg} is file {@code 2026/photo.jpg} of account
 * {@code acme}. Files have no versions and no categories; symbolic links are not followed, and are no files.
 */
record DirectoryInventory(Path root) implements FileInventory {

    /** In bytes. */
    private static final int LONGEST_NAME = 255;

    DirectoryInventory {
        Objects.requireNonNull(root, "root");
    }

    @Override
    public Stream<StoredFile> list(AccountId account) {
        Path directory = directoryOf(account);
        if (!Files.isDirectory(root)) {
            throw new UncheckedIOException(new NoSuchFileException(root.toString(), null, "not a directory"));
        }
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return Stream.empty();
        }
        return paths(directory).flatMap(path -> file(account, directory, path).stream());
    }

    /** What vanishes before it is listed is not there. */
    @SuppressWarnings("StreamResourceLeak") // is closed with the stream that it becomes a part of
    private static Stream<Path> paths(Path directory) {
        try {
            return Files.list(directory)
                    .flatMap(
                            path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? paths(path) : Stream.of(path));
        } catch (NoSuchFileException e) {
            return Stream.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<StoredFile> find(AccountId account, Set<FileVersion> ids) {
        Path directory = directoryOf(account);
        List<StoredFile> found = new ArrayList<>();
        for (FileVersion id : ids) {
            Path path = directory.resolve(id.file()).normalize();
            if (id.version().isEmpty() && path.startsWith(directory) && canBe(path)) {
                file(account, directory, path).stream()
                        .filter(file -> file.id().equals(id))
                        .forEach(found::add);
            }
        }
        return found;
    }

    @Override
    public Stream<String> tenants() {
        try (Stream<Path> directories = Files.list(root)) {
            return directories
                    .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .map(path -> path.getFileName().toString())
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of a name that no directory can have, and of what would be below a file, a file system does not say that it is not there. */
    private static boolean canBe(Path path) {
        for (Path name : path) {
            if (name.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
                return false;
            }
        }
        return Files.isDirectory(Objects.requireNonNull(path.getParent()), LinkOption.NOFOLLOW_LINKS);
    }

    private Path directoryOf(AccountId account) {
        if (!account.path().equals(account.tenant())) {
            throw new IllegalArgumentException(
                    "account %s is below its tenant: a directory belongs to a tenant, so ask for %s"
                            .formatted(account, account.tenant()));
        }
        Path directory = root.resolve(account.tenant()).normalize();
        if (!root.normalize().equals(directory.getParent())) {
            throw new IllegalArgumentException("account %s is not the name of a directory".formatted(account));
        }
        return directory;
    }

    /** A file that vanishes before it is looked at is not there. */
    private static Optional<StoredFile> file(AccountId account, Path directory, Path path) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                return Optional.empty();
            }
            String id = StreamSupport.stream(directory.relativize(path).spliterator(), false)
                    .map(Path::toString)
                    .collect(Collectors.joining("/"));
            return Optional.of(new StoredFile(
                    id(account, id),
                    account,
                    null,
                    attributes.size(),
                    attributes.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileVersion id(AccountId account, String path) {
        try {
            return new FileVersion(account.tenant(), path, FileVersion.NO_VERSION);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "the path of a file of %s can be no id, rename it or take it away: '%s': %s"
                            .formatted(account, path, e.getMessage()),
                    e);
        }
    }
}
