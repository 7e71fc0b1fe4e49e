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

    void write(String id, InputStream bytes) throws IOException {
        Files.copy(bytes, directory.resolve(id));
    }

    /** Does nothing if there is no such file. */
    void delete(String id) throws IOException {
        Files.deleteIfExists(directory.resolve(id));
    }
}
