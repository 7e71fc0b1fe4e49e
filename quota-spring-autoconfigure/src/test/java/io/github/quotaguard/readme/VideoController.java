package io.github.quotaguard.readme;

import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.UploadStream;
import io.github.quotaguard.spring.web.UploadBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

// README: begin
@RestController
class VideoController {

    private final UploadGuard guard;
    private final TransactionOperations transactions;
    private final JdbcTemplate jdbc;

    VideoController(UploadGuard guard, TransactionOperations transactions, JdbcTemplate jdbc) {
        this.guard = guard;
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    @PutMapping("/organizations/{orgId}/videos/{id}")
    void put(@PathVariable String orgId, @PathVariable long id, HttpServletRequest request) throws IOException {
        UploadBody body = UploadBody.of(request); // or of a Part, or a MultipartFile
        Upload upload = body.upload(orgId, "video-" + id).category("video");
        try (UploadStream bytes = body.guardedBy(guard, upload)) { // refuses in the middle, if need be
            Files.copy(bytes, Path.of("videos", "video-" + id));
            transactions.executeWithoutResult(transaction -> {
                jdbc.update("INSERT INTO videos VALUES (?, ?, ?)", id, orgId, bytes.count());
                bytes.commit();
            });
        }
    }
}
// README: end
