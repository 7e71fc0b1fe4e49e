package io.github.quotaguard.proof;

import io.github.quotaguard.Upload;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Usage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tenants whose files have 2^k bytes each, no two alike: the bits of what is used are exactly the set of files that are
 * stored, and those of what is reserved the set of reservations. An effect that is lost or comes twice shows as a bit.
 */
final class PowersOfTwo {

    /** Two bits for each file, the second for the version that overwrites it; all of them in a long. */
    private static final int FILES_OF_A_TENANT = 20;

    private final FaultyCall call;
    private final FaultyClient client;
    private int files;
    private long used;
    private long reserved;

    PowersOfTwo(FaultyCall call, FaultyClient client) {
        this.call = call;
        this.client = client;
    }

    /** A file, and the handle by which it goes on. */
    static final class File {

        private final String tenant;
        private final int number;
        String token;

        private File(String tenant, int number) {
            this.tenant = tenant;
            this.number = number;
        }

        String tenant() {
            return tenant;
        }

        String account() {
            return tenant + "/team/user-7";
        }

        String name() {
            return "file-" + number;
        }

        String rowId() {
            return tenant + "/" + name();
        }

        long bytes() {
            return 1L << (2 * number);
        }

        long overwritingBytes() {
            return 2 * bytes();
        }

        Upload upload() {
            return Upload.of(account(), name(), bytes()).category("image");
        }

        @Override
        public String toString() {
            return rowId();
        }
    }

    /** Returns the next file, of the next tenant when one is full. Its counters exist, so that a reserve is one COMMIT. */
    File next() {
        int number = files % FILES_OF_A_TENANT;
        String tenant = call.name().toLowerCase(Locale.ROOT) + files / FILES_OF_A_TENANT;
        files++;
        if (number == 0) {
            used = 0;
            reserved = 0;
        }
        File file = new File(tenant, number);
        if (number == 0) {
            client.guard()
                    .reserve(Upload.of(file.account(), "first", 0).category("image"))
                    .release();
        }
        return file;
    }

    /** Returns a line for each bit that should not be there, or is missing, after the call was done for a file. */
    List<String> violationsAfter(File file) throws SQLException {
        used += call.used(file);
        reserved += call.reserved(file);
        List<String> violations = new ArrayList<>();
        Usage usage = client.store().usage(AccountId.of(file.tenant())).total();
        if (usage.usedBytes() != used || usage.reservedBytes() != reserved) {
            violations.add("%s: used %s instead of %s, reserved %s instead of %s"
                    .formatted(file, bits(usage.usedBytes()), bits(used), bits(usage.reservedBytes()), bits(reserved)));
        }
        if (call.writesFileRows()) {
            try (Connection connection = client.connections().getConnection()) {
                violations.addAll(TableCheck.rows(
                        connection,
                        "SELECT * FROM (SELECT coalesce(sum(size), 0) AS stored FROM files WHERE tenant = '%s') f WHERE stored <> %d"
                                .formatted(file.tenant(), used)));
            }
        }
        return violations;
    }

    private static String bits(long bytes) {
        return Long.toBinaryString(bytes);
    }
}
