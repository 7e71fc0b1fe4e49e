package io.github.quotaguard.sample;

import io.github.quotaguard.spring.web.UploadBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

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

    /** Takes the body as the file: a form would be read, and kept for a while, before anybody could refuse it. */
    @PostMapping("/{organization}/files/{name}")
    @ResponseStatus(HttpStatus.CREATED)
    Attachment upload(@PathVariable String organization, @PathVariable String name, HttpServletRequest request)
            throws IOException {
        return attachments.upload(Organization.of(organization).id(), name, UploadBody.of(request));
    }

    @DeleteMapping("/{organization}/files/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable String organization, @PathVariable String id) throws IOException {
        if (!attachments.delete(Organization.of(organization).id(), id)) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "there is no such file");
        }
    }
}
