package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.CategoryFilter;
import io.github.quotaguard.store.LedgerPosition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Writes a position in URL-safe Base64, with a checksum over it and over what was asked for: a cursor is good for the
 * pages of one account, category and time alone.
 */
record LedgerCursor(
        AccountId account,
        CategoryFilter category,
        @Nullable Instant from,
        @Nullable Instant to) {

    static LedgerCursor of(AccountId account, LedgerQuery query) {
        return new LedgerCursor(account, query.category(), query.from(), query.to());
    }

    String encode(LedgerPosition position) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(position.seq());
            Instant settledAt = position.settledAt();
            out.writeLong(settledAt.getEpochSecond());
            out.writeInt(settledAt.getNano());
            out.writeLong(position.balance());
            out.writeLong(position.rolledUpTo());
            out.writeInt(checksum(bytes.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    LedgerPosition decode(String cursor) {
        LedgerPosition position;
        try {
            DataInputStream in = new DataInputStream(
                    new ByteArrayInputStream(Base64.getUrlDecoder().decode(cursor)));
            position = new LedgerPosition(
                    in.readLong(), Instant.ofEpochSecond(in.readLong(), in.readInt()), in.readLong(), in.readLong());
        } catch (IOException | IllegalArgumentException | DateTimeException | ArithmeticException e) {
            throw malformed(e);
        }
        // Equal only with the right checksum, nothing behind it, and no other spelling in Base64.
        if (!encode(position).equals(cursor)) {
            throw malformed(null);
        }
        return position;
    }

    private int checksum(byte[] position) {
        CRC32 checksum = new CRC32();
        checksum.update(position);
        checksum.update(toString().getBytes(StandardCharsets.UTF_8));
        return (int) checksum.getValue();
    }

    private static IllegalArgumentException malformed(@Nullable Exception cause) {
        return new IllegalArgumentException(
                "not a cursor of this query: pass on what LedgerPage.nextCursor() returned, unchanged, with the same account, category and time",
                cause);
    }
}
