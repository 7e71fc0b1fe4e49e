package io.github.quotaguard.readme.newcomer;

import io.github.quotaguard.spring.upload.GuardedUpload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

@SpringBootApplication
@RestController
public class PhotoApplication {

    @Value("${photos.directory:photos}")
    private Path directory;

    @PutMapping("/organizations/{orgId:[a-z0-9-]+}/photos/{photoId}")
    @GuardedUpload(account = "#orgId", file = "#photoId", category = "image", bytes = "#file.size")
    public String store(@PathVariable String orgId, @PathVariable long photoId, @RequestParam MultipartFile file)
            throws IOException {
        Path target = Files.createDirectories(directory.resolve(orgId)).resolve(Long.toString(photoId));
        Files.copy(file.getInputStream(), target, StandardCopyOption.REPLACE_EXISTING);
        return "stored\n";
    }

    public static void main(String[] args) {
        SpringApplication.run(PhotoApplication.class, args);
    }
}
