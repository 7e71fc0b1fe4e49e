package io.github.quotaguard.readme;

import io.github.quotaguard.spring.upload.CurrentReservation;
import io.github.quotaguard.spring.upload.GuardedUpload;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

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
        jdbc.update(
                "INSERT INTO photos (id, org, bytes) VALUES (?, ?, ?)",
                id,
                orgId,
                bytes); // charged if this is committed
    }

    @Transactional
    @GuardedUpload(account = "#orgId", file = "'photo-' + #id") // its size is not known yet
    void scan(String orgId, long id, Scanner scanner) {
        byte[] bytes = scanner.scan();
        jdbc.update("INSERT INTO photos (id, org, bytes) VALUES (?, ?, ?)", id, orgId, bytes);
        CurrentReservation.get().commit(bytes.length);
    }
}
// README: end
