package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Replacement;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.OptionalLong;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Names a life so that another request or node finds it: {@code qg1.} and, in URL-safe Base64, generation, birth and
 * ids with a checksum. It says nothing about account, bytes or state: those are read from the store. Of a reservation
 * that no store knows, an uncharged one, it begins with {@code qgu1.} and says account, category and declared size too.
 */
record ReservationToken(
        FileVersion id,
        long generation,
        Instant bornAt,
        @Nullable AllocationSpec uncharged) {

    private static final String PREFIX = "qg1.";
    private static final String UNCHARGED_PREFIX = "qgu1.";
    private static final long UNKNOWN_SIZE = -1;

    static ReservationToken of(Allocation allocation) {
        return new ReservationToken(allocation.id(), allocation.generation(), allocation.bornAt(), null);
    }

    static ReservationToken ofUncharged(Allocation allocation) {
        return new ReservationToken(allocation.id(), allocation.generation(), allocation.bornAt(), allocation.spec());
    }

    String encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(generation);
            out.writeLong(bornAt.toEpochMilli());
            out.writeUTF(id.tenant());
            out.writeUTF(id.file());
            out.writeUTF(id.version());
            if (uncharged != null) {
                Category category = uncharged.category();
                out.writeUTF(uncharged.account().path());
                out.writeUTF(category == null ? "" : category.name());
                out.writeLong(uncharged.declaredBytes().orElse(UNKNOWN_SIZE));
            }
            out.writeInt(checksum(bytes.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return (uncharged == null ? PREFIX : UNCHARGED_PREFIX)
                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    static ReservationToken decode(String token) {
        try {
            boolean isUncharged = token.startsWith(UNCHARGED_PREFIX);
            if (!isUncharged && !token.startsWith(PREFIX)) {
                throw malformed(null);
            }
            byte[] bytes = Base64.getUrlDecoder().decode(token.substring(token.indexOf('.') + 1));
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            long generation = in.readLong();
            Instant bornAt = Instant.ofEpochMilli(in.readLong());
            FileVersion id = new FileVersion(in.readUTF(), in.readUTF(), in.readUTF());
            ReservationToken decoded = new ReservationToken(id, generation, bornAt, isUncharged ? spec(in, id) : null);
            // Equal only with the right checksum, nothing behind it, and no other spelling in Base64.
            if (!decoded.encode().equals(token)) {
                throw malformed(null);
            }
            return decoded;
        } catch (IOException | IllegalArgumentException e) {
            throw malformed(e);
        }
    }

    private static AllocationSpec spec(DataInputStream in, FileVersion id) throws IOException {
        AccountId account = new AccountId(in.readUTF());
        String category = in.readUTF();
        long declared = in.readLong();
        return new AllocationSpec(
                id,
                account,
                category.isEmpty() ? null : new Category(category),
                declared == UNKNOWN_SIZE ? OptionalLong.empty() : OptionalLong.of(declared),
                Replacement.NONE,
                Map.of(),
                null,
                null,
                null);
    }

    private static int checksum(byte[] bytes) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        return (int) checksum.getValue();
    }

    private static IllegalArgumentException malformed(@Nullable Exception cause) {
        return new IllegalArgumentException(
                "not a reservation token: pass on what Reservation.detach() returned, unchanged", cause);
    }
}
