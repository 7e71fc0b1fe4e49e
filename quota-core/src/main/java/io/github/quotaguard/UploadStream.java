package io.github.quotaguard;

import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.UsageStoreException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An upload's bytes, counted against its reservation as they are read. When they outgrow what is held, the reservation
 * is extended in growing steps, near a limit by all that is left; as they flow, its deadline is renewed. A renewal that
 * fails for the moment is logged and tried again, and fails no read. A read throws {@link QuotaExceededException} before
 * it returns the first byte that is not covered; the bytes of that read are gone, so each later one fails.
 *
 * <p>The retry of an upload that was already stored can be read as far as the stored file goes; a longer one is an
 * {@link UploadConflictException}.
 *
 * <p>Closing it closes the source, and releases the reservation unless it was committed. Not thread-safe.
 */
public final class UploadStream extends FilterInputStream {

    private static final Logger LOG = LoggerFactory.getLogger(UploadStream.class);
    private static final long FIRST_STEP = 256 * 1024;
    private static final long LARGEST_STEP = 64L * 1024 * 1024;

    private final Reservation reservation;
    private final LongSupplier nanoTime;
    private final long renewalNanos;
    private long covered;
    private long count;
    private long renewedAt;
    private @Nullable RuntimeException dropped;

    UploadStream(InputStream source, Reservation reservation, long renewalNanos, LongSupplier nanoTime) {
        super(source);
        this.reservation = reservation;
        this.nanoTime = nanoTime;
        this.renewalNanos = renewalNanos;
        this.covered = reservation.isAlreadyStored()
                ? reservation.allocation().bytes()
                : reservation.allocation().spec().bytes();
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
     * @throws RuntimeException as {@link Reservation#extendTo}
     * @throws IOException if the source fails, or an earlier read was refused
     */
    @Override
    public int read() throws IOException {
        requireComplete();
        int value = super.read();
        if (value >= 0) {
            countOn(1);
        }
        return value;
    }

    /**
     * Reads bytes.
     *
     * @return how many, or −1 at the end
     * @throws QuotaExceededException if one of them is not covered and does not fit; none of them counts then
     * @throws RuntimeException as {@link Reservation#extendTo}
     * @throws IOException if the source fails, or an earlier read was refused
     */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        requireComplete();
        int read = super.read(buffer, offset, length);
        if (read > 0) {
            countOn(read);
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

    /** Stops a caller that reads on after an exception from keeping a file with a hole. */
    private void requireComplete() throws IOException {
        if (dropped != null) {
            throw new IOException("an earlier read failed and its bytes are lost: upload the file again", dropped);
        }
    }

    private void countOn(int more) {
        long needed = count + more;
        try {
            cover(needed);
        } catch (RuntimeException e) {
            dropped = e;
            throw e;
        }
        count = needed;
    }

    private void cover(long needed) {
        if (reservation.isAlreadyStored()) {
            requireStored(needed);
        } else if (needed > covered) {
            extend(needed);
        } else if (nanoTime.getAsLong() - renewedAt > renewalNanos) {
            renew();
        }
    }

    /** A storage that is away for the moment is no reason to fail an upload that it has room for. */
    private void renew() {
        try {
            reservation.renew();
        } catch (QuotaBusyException e) {
            logNotRenewed(e);
        } catch (UsageStoreException e) {
            if (!e.isRetryable()) {
                throw e;
            }
            logNotRenewed(e);
        }
        renewedAt = nanoTime.getAsLong();
    }

    private void logNotRenewed(RuntimeException cause) {
        LOG.warn(
                "Reservation of {} could not be renewed, its deadline is {}; it is tried again as bytes flow",
                reservation.allocation().id(),
                reservation.deadline(),
                cause);
    }

    /** A stored file neither grows nor expires; the commit of another size says that it is in conflict. */
    private void requireStored(long needed) {
        if (needed > covered) {
            reservation.commit(needed);
        }
    }

    private void extend(long needed) {
        long step = Math.min(LARGEST_STEP, Math.max(FIRST_STEP, covered));
        long wanted = needed > Long.MAX_VALUE - step ? needed : needed + step;
        Optional<QuotaExceededException> refused = tryExtendTo(wanted);
        if (refused.isPresent()) {
            long room = room(wanted, refused.get().violations());
            if (room <= needed || tryExtendTo(room).isPresent()) {
                extendTo(needed);
            }
        }
        renewedAt = nanoTime.getAsLong();
    }

    /** Returns the size that would have fitted: of 1,000 refused where 600 were asked for and 500 left, 900. */
    private static long room(long refused, List<LimitCheck> violations) {
        return violations.stream()
                .mapToLong(violation -> refused - (violation.requested() - violation.available()))
                .min()
                .orElse(0);
    }

    private Optional<QuotaExceededException> tryExtendTo(long bytes) {
        try {
            extendTo(bytes);
            return Optional.empty();
        } catch (QuotaExceededException e) {
            return Optional.of(e);
        }
    }

    private void extendTo(long bytes) {
        reservation.extendTo(bytes);
        covered = bytes;
    }
}
