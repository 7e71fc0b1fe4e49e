package io.github.quotaguard.readme;

import io.github.quotaguard.QuotaListener;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.UploadStream;
import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.jdbc.SqlInventory;
import io.github.quotaguard.reconcile.FileInventory;
import io.github.quotaguard.spring.upload.CurrentReservation;
import io.github.quotaguard.spring.upload.GuardedUpload;
import io.github.quotaguard.spring.web.QuotaAccountResolver;
import io.github.quotaguard.spring.web.QuotaAuthorization;
import io.github.quotaguard.spring.web.UploadBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/** What an application scans with. */
interface Scanner {
    byte[] scan();
}

// README: begin
@Service
class PhotoService {

    private final JdbcTemplate jdbc;

    PhotoService(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Transactional
    @GuardedUpload(account = "#orgId", file = "'photo-' + #id", category = "image", bytes = "#bytes.length")
    void store(String orgId, long id, byte[] bytes) {
        jdbc.update("INSERT INTO photos VALUES (?, ?, ?)", id, orgId, bytes); // charged if this is committed
    }

    @Transactional
    @GuardedUpload(account = "#orgId", file = "'scan-' + #id") // its size is not known yet
    void scan(String orgId, long id, Scanner scanner) {
        byte[] bytes = scanner.scan();
        jdbc.update("INSERT INTO photos VALUES (?, ?, ?)", id, orgId, bytes);
        CurrentReservation.get().commit(bytes.length);
    }
}
// README: end

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

/** The examples of README.md about Spring Boot, as an application has them. */
@Configuration(proxyBeanMethods = false)
@Import({PhotoService.class, VideoController.class})
class SpringExamples {

    // README: begin
    @Bean
    QuotaAccountResolver accounts() { // refuses by Content-Length, before the body is read
        return request -> Optional.ofNullable(request.getRemoteUser());
    }

    @Bean
    QuotaAuthorization authorization() { // who may use the HTTP API; without this bean, nobody
        return (operation, account, request) -> request.isUserInRole("QUOTA_" + account.tenant());
    }

    @Bean
    FileInventory inventory(DataSource dataSource) { // what there really is; turns Reconciler on
        String photos =
                "SELECT 'photo-' || id AS file, octet_length(bytes) AS bytes, stored_at AS last_modified FROM photos";
        return SqlInventory.builder(dataSource)
                .table(
                        photos + " WHERE org = :account",
                        photos + " WHERE org = :account AND 'photo-' || id IN (:files)")
                .tenants("SELECT DISTINCT org FROM photos")
                .build();
    }

    @Bean
    FileDeleter deleter(JdbcTemplate jdbc) { // deletes what is past its time; turns TemporaryFiles on
        return file -> jdbc.update("DELETE FROM photos WHERE 'photo-' || id = ?", file.file());
    }

    @Bean
    QuotaListener listener(Mails mails) { // is told of 80, 90 and 100 %; turns WarningMonitor on
        return event -> mails.send(event.id(), event.warning().message());
    }
    // README: end

    /** How the application tells people. */
    interface Mails {
        void send(String id, String text);
    }
}
