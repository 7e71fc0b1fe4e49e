package io.github.quotaguard;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;

/**
 * An upload's bytes, counted against its reservation as they are read. When they outgrow what is held, the reservation
 * is extended in growing steps, near a limit by just what is needed; as they flow, its deadline is renewed. A read
 * throws {@link QuotaExceededException} before it returns the first byte that is not covered.
 *
 * <p>Closing it closes the source, and releases the reservation unless it was committed. Not thread-safe.
 */
public final class UploadStream extends FilterInputStream {

    private static final long FIRST_STEP = 256 * 1024;
    private static final long LARGEST_STEP = 64L * 1024 * 1024;

    private final Reservation reservation;
    private final LongSupplier nanoTime;
    private final long renewalNanos;
    private long covered;
    private long count;
    private long renewedAt;

    UploadStream(InputStream source, Reservation reservation, long renewalNanos, LongSupplier nanoTime) {
        super(source);
        this.reservation = reservation;
        this.nanoTime = nanoTime;
        this.renewalNanos = renewalNanos;
        this.covered = reservation.allocation().spec().bytes();
        this.renewedAt = nanoTime.getAsLong();
    }

    /**
     * Returns the handle.
     *
     * @return the reservation that covers this stream
     */
    public Reservation reservation() {
        return reservation;
    }

    /**
     * Returns how far the upload is.
     *
     * @return the bytes read so far
     */
    public long count() {
        return count;
    }

    /**
     * Commits the bytes read so far.
     *
     * @see Reservation#commit(long)
     */
    public void commit() {
        reservation.commit(count);
    }

    /**
     * Reads a byte.
     *
     * @return the byte, or −1 at the end
     * @throws QuotaExceededException if the byte is not covered and does not fit
     * @throws IOException if the source fails
     */
    @Override
    public int read() throws IOException {
        int value = super.read();
        if (value >= 0) {
            cover(1);
        }
        return value;
    }

    /**
     * Reads bytes.
     *
     * @return how many, or −1 at the end
     * @throws QuotaExceededException if one of them is not covered and does not fit; none of them counts then
     * @throws IOException if the source fails
     */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        if (read > 0) {
            cover(read);
        }
        return read;
    }

    /** Skips nothing: bytes that are not read are not stored, so they are read and dropped by the caller. */
    @Override
    public long skip(long bytes) {
        return 0;
    }

    /** Returns false: bytes that are read twice would count twice. */
    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public void close() throws IOException {
        try (reservation) {
            super.close();
        }
    }

    private void cover(int more) {
        long needed = count + more;
        if (needed > covered) {
            extend(needed);
        } else if (nanoTime.getAsLong() - renewedAt > renewalNanos) {
            reservation.renew();
            renewedAt = nanoTime.getAsLong();
        }
        count = needed;
    }

    private void extend(long needed) {
        long step = Math.min(LARGEST_STEP, Math.max(FIRST_STEP, covered));
        long wanted = needed > Long.MAX_VALUE - step ? needed : needed + step;
        try {
            reservation.extendTo(wanted);
            covered = wanted;
        } catch (QuotaExceededException e) {
            reservation.extendTo(needed);
            covered = needed;
        }
        renewedAt = nanoTime.getAsLong();
    }
}
