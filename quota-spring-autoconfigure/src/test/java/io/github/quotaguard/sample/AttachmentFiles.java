package io.github.quotaguard.sample;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The bytes of the application's files, each in a file that is named by its id. Knows nothing of quotas. */
@Component
class AttachmentFiles {

    private final Path directory;

    AttachmentFiles(@Value("${sample.directory}") Path directory) throws IOException {
        this.directory = Files.createDirectories(directory.resolve("files"));
    }

    /** Leaves nothing behind if it fails, as it does where more comes than was reserved and fits. */
    void write(String id, InputStream bytes) throws IOException {
        Path file = directory.resolve(id);
        try {
            Files.copy(bytes, file);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Does nothing if there is no such file. */
    void delete(String id) throws IOException {
        Files.deleteIfExists(directory.resolve(id));
    }
}
