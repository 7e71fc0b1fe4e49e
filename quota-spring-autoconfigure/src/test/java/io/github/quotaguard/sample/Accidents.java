package io.github.quotaguard.sample;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Changes files behind the library's back. */
@Component
class Accidents {

    private static final int ADDED_BYTES = 150_000;

    private final AttachmentRows rows;
    private final AttachmentFiles files;

    Accidents(AttachmentRows rows, AttachmentFiles files) {
        this.rows = rows;
        this.files = files;
    }

    /** Removes the newest file, which stays charged; empty if there is none. */
    Optional<Attachment> loseRow(String organization) throws IOException {
        Optional<Attachment> newest = rows.ofOrganization(organization).stream().findFirst();
        if (newest.isPresent()) {
            rows.delete(organization, newest.get().id());
            files.delete(newest.get().id());
        }
        return newest;
    }

    /** Adds a file for which nothing is charged: one of yesterday, since the upload of a younger one may be under way. */
    Attachment addRow(String organization) throws IOException {
        Attachment added = new Attachment(
                UUID.randomUUID().toString(),
                organization,
                "restored.pdf",
                "document",
                ADDED_BYTES,
                Instant.now().minus(Duration.ofDays(1)));
        files.write(added.id(), new ByteArrayInputStream(new byte[ADDED_BYTES]));
        rows.insert(added);
        return added;
    }
}
