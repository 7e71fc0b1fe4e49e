package io.github.quotaguard.sample;

import io.github.quotaguard.Deletion;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.UploadStream;
import io.github.quotaguard.spring.web.UploadBody;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Stores and deletes files: the row of each is written, and deleted, in one transaction with its charge. */
@Service
class AttachmentService {

    private static final int MAX_NAME_LENGTH = 255;

    /** The sample knows no users. */
    private static final String ACTOR = "visitor";

    private final UploadGuard guard;
    private final AttachmentRows rows;
    private final AttachmentFiles files;
    private final TransactionOperations transactions;

    AttachmentService(
            UploadGuard guard, AttachmentRows rows, AttachmentFiles files, TransactionOperations transactions) {
        this.guard = guard;
        this.rows = rows;
        this.files = files;
        this.transactions = transactions;
    }

    /** Reserves room before the body is read, and charges what was read in the transaction of its row. */
    Attachment upload(String organization, String givenName, UploadBody body) throws IOException {
        String id = UUID.randomUUID().toString();
        String name = showable(givenName);
        String category = category(name);
        Upload upload = body.upload(organization, id)
                .category(category)
                .metadata("name", name)
                .actor(ACTOR);
        try (UploadStream bytes = body.guardedBy(guard, upload)) {
            files.write(id, bytes);
            Attachment attachment = new Attachment(id, organization, name, category, bytes.count(), Instant.now());
            transactions.executeWithoutResult(transaction -> {
                rows.insert(attachment);
                bytes.commit();
            });
            return attachment;
        }
    }

    /** Says whether there was such a file. */
    boolean delete(String organization, String id) throws IOException {
        boolean wasThere = Boolean.TRUE.equals(transactions.execute(transaction -> {
            guard.delete(Deletion.of(organization, id).actor(ACTOR));
            return rows.delete(organization, id);
        }));
        if (wasThere) {
            files.delete(id);
        }
        return wasThere;
    }

    /** Leaves out what neither a page nor a log should be given: control characters, and what turns a text around. */
    private static String showable(String name) {
        String shown = name.substring(0, Math.min(name.length(), MAX_NAME_LENGTH))
                .replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "")
                .strip();
        return shown.isEmpty() ? "unnamed" : shown;
    }

    private static String category(String name) {
        String type =
                MediaTypeFactory.getMediaType(name).map(MediaType::getType).orElse("");
        return Set.of("image", "video").contains(type) ? type : "document";
    }
}
