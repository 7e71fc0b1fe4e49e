package io.github.quotaguard.sample;

import io.github.quotaguard.Deletion;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.multipart.MultipartFile;

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

    Attachment upload(String organization, MultipartFile part) throws IOException {
        Attachment attachment = new Attachment(
                UUID.randomUUID().toString(), organization, name(part), category(part), part.getSize(), Instant.now());
        Upload upload = Upload.of(organization, attachment.id(), attachment.size())
                .category(attachment.category())
                .metadata("name", attachment.name())
                .actor(ACTOR);
        try (Reservation reservation = guard.reserve(upload);
                InputStream bytes = part.getInputStream()) {
            files.write(attachment.id(), bytes);
            transactions.executeWithoutResult(transaction -> {
                rows.insert(attachment);
                reservation.commit(); // joins the transaction
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

    /** Without control characters, which neither a page nor a log should be given. */
    private static String name(MultipartFile part) {
        String name = Objects.requireNonNullElse(part.getOriginalFilename(), "").replaceAll("\\p{Cntrl}", "");
        if (name.isBlank()) {
            return "unnamed";
        }
        return name.length() <= MAX_NAME_LENGTH ? name : name.substring(0, MAX_NAME_LENGTH);
    }

    private static String category(MultipartFile part) {
        String type = Objects.requireNonNullElse(part.getContentType(), "");
        return type.startsWith("image/") ? "image" : type.startsWith("video/") ? "video" : "document";
    }
}
