package io.github.quotaguard.sample;

import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** What the page does with files. */
@RestController
@RequestMapping("/organizations")
class AttachmentController {

    private final AttachmentService attachments;
    private final AttachmentRows rows;

    AttachmentController(AttachmentService attachments, AttachmentRows rows) {
        this.attachments = attachments;
        this.rows = rows;
    }

    @GetMapping
    List<String> organizations() {
        return Organization.ALL.stream().map(Organization::id).toList();
    }

    @GetMapping("/{organization}/files")
    List<Attachment> list(@PathVariable String organization) {
        return rows.ofOrganization(Organization.of(organization).id());
    }

    @PostMapping("/{organization}/files")
    @ResponseStatus(HttpStatus.CREATED)
    Attachment upload(@PathVariable String organization, @RequestParam MultipartFile file) throws IOException {
        return attachments.upload(Organization.of(organization).id(), file);
    }

    @DeleteMapping("/{organization}/files/{id}")
    ResponseEntity<Void> delete(@PathVariable String organization, @PathVariable String id) throws IOException {
        boolean wasThere = attachments.delete(Organization.of(organization).id(), id);
        return wasThere
                ? ResponseEntity.noContent().build()
                : ResponseEntity.notFound().build();
    }
}
