package io.github.quotaguard.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Takes a file system in memory where Linux offers one. A store that waits for the disk at each of thousands of writes
 * would let the build wait for minutes, and no test here can see whether the disk keeps what it has confirmed.
 */
public final class TempDirInMemory implements TempDirFactory {

    private static final Path MEMORY = Path.of("/dev/shm");

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test) throws IOException {
        return Files.isWritable(MEMORY)
                ? Files.createTempDirectory(MEMORY, "quotaguard")
                : Files.createTempDirectory("quotaguard");
    }
}
