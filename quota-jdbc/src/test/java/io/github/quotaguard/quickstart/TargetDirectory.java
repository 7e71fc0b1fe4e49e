package io.github.quotaguard.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Where the example keeps its bytes: a directory, as it could be an object store. */
final class TargetDirectory {

    private final Path root;

    TargetDirectory(Path root) {
        this.root = root;
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw new UsageException("--target %s can not be created (%s)".formatted(root, Quickstart.describe(e)));
        }
    }

    /** Keeps bytes, in place of what an earlier attempt left there; of an attempt that fails, none. */
    long save(String location, IncomingFile.Body body) throws IOException {
        Path path = path(location);
        Files.createDirectories(path.getParent());
        try (InputStream in = body.open()) {
            return Files.copy(in, path, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    boolean holds(String location) {
        return Files.exists(path(location));
    }

    void delete(String location) throws IOException {
        Files.deleteIfExists(path(location));
    }

    /** Counts what is really there. */
    Tally tally() throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            List<Path> files = paths.filter(Files::isRegularFile).toList();
            long bytes = 0;
            for (Path file : files) {
                bytes += Files.size(file);
            }
            return new Tally(files.size(), bytes);
        }
    }

    private Path path(String location) {
        Path path = root.resolve(location).normalize();
        if (!path.startsWith(root) || path.equals(root)) {
            throw new UsageException("%s would be kept outside --target".formatted(location));
        }
        return path;
    }
}
