package io.github.quotaguard.sample;

import io.github.quotaguard.QuotaLimits;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** Who may upload, and how much: little, so that limits are soon met. An application has a table of them. */
record Organization(String id, QuotaLimits limits) {

    private static final int MIB = 1_048_576;

    static final List<Organization> ALL = List.of(
            new Organization("meadow", QuotaLimits.ofBytes(2 * MIB).withFiles(50)),
            new Organization("harbor", QuotaLimits.ofBytes(5 * MIB).withBytes("image", 3 * MIB)),
            new Organization("orchard", QuotaLimits.ofBytes(10 * MIB).withBytesPerFile(MIB)));

    static Optional<Organization> find(String id) {
        return ALL.stream().filter(organization -> organization.id().equals(id)).findFirst();
    }

    static Organization of(String id) {
        return find(id).orElseThrow(
                        () -> new ResponseStatusException(HttpStatus.NOT_FOUND, "there is no organisation " + id));
    }
}
