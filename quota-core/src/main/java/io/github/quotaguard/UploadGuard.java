package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStore;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Guards uploads: an upload that fits is admitted, one that does not is refused before its bytes are kept. Thread-safe;
 * an application has one for each store.
 *
 * <pre>{@code
 * UploadGuard guard = UploadGuard.builder(store).policy(policy).build();
 * String url = guard.upload(Upload.of("acme/user-7", "photo-1", 438_407), reservation -> save(body));
 * }</pre>
 *
 * <p>Every method runs in transactions of the store's own; only where the store knows the transaction that the calling
 * thread is in, {@code commit} and {@code delete} join it. A
 * {@link io.github.quotaguard.store.UsageStoreException} leaves the outcome of its call unknown: to call again with the
 * same ids is always safe, and {@link #find(String, String)} says what became of it.
 */
public final class UploadGuard {

    static final UploadInterceptor NO_INTERCEPTOR = new UploadInterceptor() {};

    private final Reservations reservations;
    private final @Nullable UnchargedUploads uncharged;

    private UploadGuard(Reservations reservations, @Nullable UnchargedUploads uncharged) {
        this.reservations = reservations;
        this.uncharged = uncharged;
    }

    /**
     * Starts to build a guard.
     *
     * @param store what keeps the records
     * @return a builder that still needs a policy
     */
    public static Builder builder(UsageStore store) {
        return new Builder(store);
    }

    /**
     * Reserves room, runs the work, and commits what was declared, unless the work has itself committed, released or
     * detached the reservation. If the work throws, the reservation is released. The work also runs for an upload that
     * was already stored, so it has to be repeatable; {@link Reservation#isAlreadyStored()} tells.
     *
     * <p>If the commit fails, the work's bytes are kept but not charged: the exception tells the caller to remove them
     * or to try again. To have both or neither, commit within the work in the transaction of the file's row.
     *
     * @param upload what is uploaded
     * @param work keeps the bytes
     * @param <T> what the work returns
     * @param <X> what the work throws
     * @return what the work returned
     * @throws X what the work threw
     * @throws QuotaExceededException if the upload does not fit; the work was not run
     * @throws UploadConflictException if the id is taken by other arguments; the work was not run
     * @throws QuotaBusyException if that could not be found out in time; the work was not run
     * @throws IllegalStateException if the size was declared unknown and the work did not commit
     */
    public <T extends @Nullable Object, X extends Exception> T upload(Upload upload, UploadWork<T, X> work) throws X {
        try (Reservation reservation = reserve(upload)) {
            T result = work.save(reservation);
            if (reservation.isOpen()) {
                reservation.commit();
            }
            return result;
        }
    }

    /**
     * Reserves room for an upload. The same upload reserved again gets the same reservation, renewed; the handle of
     * the earlier call then no longer releases it on close. One that was stored gets a handle that
     * {@linkplain Reservation#isAlreadyStored() says so}.
     *
     * @param upload what is uploaded
     * @return the handle, to be closed
     * @throws QuotaExceededException if it does not fit
     * @throws UploadConflictException if the id is taken by other arguments, or the file belongs to another account or
     *     category
     * @throws QuotaBusyException if that could not be found out in time
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed; the outcome is unknown; not if the
     *     guard is {@link FailurePolicy#OPEN}
     */
    public Reservation reserve(Upload upload) {
        return tryReserve(upload).orElseThrow();
    }

    /**
     * Does {@link #reserve} and answers with a value instead of throwing.
     *
     * @param upload what is uploaded
     * @return granted, already stored, refused, in conflict or busy
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed; the outcome is unknown
     */
    public Admission tryReserve(Upload upload) {
        return reservations.reserve(upload.spec());
    }

    /**
     * Takes up a reservation that was detached, in this or another process. Reads its record; whatever its state, the
     * handle's calls will tell. In a try-with-resources statement the reservation is released on close unless it was
     * committed or {@linkplain Reservation#detach() detached} again: a handler of one part of many, such as a tus
     * PATCH, detaches before it returns.
     *
     * @param token what {@link Reservation#detach()} returned
     * @return the handle
     * @throws IllegalArgumentException if it is not such a token
     * @throws ReservationEndedException if nothing is known of the reservation, or it is older than 7 days
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed
     */
    public Reservation resume(String token) {
        return reservations.resume(ReservationToken.decode(token));
    }

    /**
     * Reserves room for an upload and counts its bytes as they are read.
     *
     * @param upload what is uploaded, of known or unknown size
     * @param source its bytes; closed with the stream that is returned, not if this method throws
     * @return the guarded bytes; commit and close it
     * @throws RuntimeException as {@link #reserve}
     */
    public UploadStream stream(Upload upload, InputStream source) {
        Objects.requireNonNull(source, "source");
        long renewalNanos = reservations.ttl().toNanos() / 3;
        return new UploadStream(source, reserve(upload), renewalNanos, System::nanoTime);
    }

    /**
     * Deletes every version of a file: their bytes are no longer charged. Versions that are being uploaded are left
     * alone, and reported. To delete again has no effect.
     *
     * @param account whose file it is
     * @param file the file's id
     * @return what this call deleted, nothing for a file that is not there
     * @throws IllegalArgumentException if an id is not allowed
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed; the outcome is unknown
     */
    public DeleteResult delete(String account, String file) {
        return delete(Deletion.of(account, file));
    }

    /**
     * Deletes one version of a file.
     *
     * @param account whose file it is
     * @param file the file's id
     * @param version the version's id
     * @return what this call deleted, nothing for a version that is not there
     * @throws IllegalArgumentException if an id is not allowed
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed; the outcome is unknown
     */
    public DeleteResult delete(String account, String file, String version) {
        return delete(Deletion.of(account, file).version(version));
    }

    /**
     * Deletes one version of a file, or all, and says in the ledger who did and why.
     *
     * @param deletion what is deleted
     * @return what this call deleted, nothing for what is not there
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed; the outcome is unknown
     */
    public DeleteResult delete(Deletion deletion) {
        return reservations.delete(Objects.requireNonNull(deletion, "deletion").command());
    }

    /**
     * Reads what became of a file without versions. A file of {@link Upload#overwrite()} has versions, of random ids
     * unless the caller named them: {@link #versions} finds those.
     *
     * @param account whose file it is
     * @param file the file's id
     * @return its current or last life; empty if there never was one, it was forgotten (7 days after it ended) or it
     *     belongs to another account
     * @throws IllegalArgumentException if an id is not allowed
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed
     */
    public Optional<Allocation> find(String account, String file) {
        return find(account, file, FileVersion.NO_VERSION);
    }

    /**
     * Reads what became of a version of a file.
     *
     * @param account whose file it is
     * @param file the file's id
     * @param version the version's id
     * @return as {@link #find(String, String)}
     * @throws IllegalArgumentException if an id is not allowed
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed
     */
    public Optional<Allocation> find(String account, String file, String version) {
        AccountId owner = AccountId.of(account);
        return reservations
                .store()
                .find(new FileVersion(owner.tenant(), file, version))
                .filter(allocation -> allocation.account().equals(owner));
    }

    /**
     * Reads the live versions of a file: those stored and those being uploaded.
     *
     * @param account whose file it is
     * @param file the file's id
     * @return its reserved and committed versions, in the order of their ids; none for a file that is not there or
     *     belongs to another account
     * @throws IllegalArgumentException if an id is not allowed
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed
     */
    public List<Allocation> versions(String account, String file) {
        AccountId owner = AccountId.of(account);
        FileVersion id = new FileVersion(owner.tenant(), file, FileVersion.NO_VERSION);
        return reservations.store().versions(id.tenant(), id.file()).stream()
                .filter(version -> version.account().equals(owner))
                .toList();
    }

    /**
     * Returns how many uploads this guard has admitted uncharged since it was built, because the store failed.
     *
     * @return 0 for a guard that is {@link FailurePolicy#CLOSED}
     */
    public long unchargedUploads() {
        return uncharged == null ? 0 : uncharged.uploads();
    }

    /**
     * Returns how many bytes these uploads have: those that they declared, and what they were committed with beyond.
     *
     * @return bytes, counted also where an upload was given up
     */
    public long unchargedBytes() {
        return uncharged == null ? 0 : uncharged.bytes();
    }

    /** Builds an {@link UploadGuard}. */
    public static final class Builder {

        private final UsageStore store;
        private @Nullable QuotaPolicy policy;
        private Duration reservationTtl = Duration.ofMinutes(15);
        private InstantSource clock = Clock.systemUTC();
        private FailurePolicy failurePolicy = FailurePolicy.CLOSED;
        private boolean coalesceReserves;
        private Duration patience = ReserveCoalescer.PATIENCE;
        private UploadInterceptor interceptor = NO_INTERCEPTOR;

        private Builder(UsageStore store) {
            this.store = Objects.requireNonNull(store, "store");
            this.coalesceReserves = store.gainsFromBatches();
        }

        /**
         * Sets how much each account may use.
         *
         * @param policy the policy
         * @return this builder
         */
        public Builder policy(QuotaPolicy policy) {
            this.policy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Sets how long a reservation lives unless it is renewed; 15 minutes by default.
         *
         * @param reservationTtl more than 0, at most 7 days
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder reservationTtl(Duration reservationTtl) {
            Objects.requireNonNull(reservationTtl, "reservationTtl");
            if (reservationTtl.isNegative()
                    || reservationTtl.isZero()
                    || reservationTtl.compareTo(UsageStore.RETENTION) > 0) {
                throw new IllegalArgumentException("reservationTtl is %s, allowed is more than 0 up to %s"
                        .formatted(reservationTtl, UsageStore.RETENTION));
            }
            this.reservationTtl = reservationTtl;
            return this;
        }

        /**
         * Sets the clock by which handles older than 7 days are refused; the system's by default. Deadlines are the
         * store's affair.
         *
         * @param clock the clock
         * @return this builder
         */
        public Builder clock(InstantSource clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets what becomes of an upload when the store fails; by default the exception reaches the caller.
         *
         * @param failurePolicy whether the guard is closed or open then
         * @return this builder
         */
        public Builder whenStoreFails(FailurePolicy failurePolicy) {
            this.failurePolicy = Objects.requireNonNull(failurePolicy, "failurePolicy");
            return this;
        }

        /**
         * Sets whether uploads that arrive while another of their tenant is being reserved wait for it and then go to
         * the store together, at most 128 in the order of their arrival; by default whether the store
         * {@linkplain UsageStore#gainsFromBatches gains} from that. An upload that meets no other goes at once either way.
         * Who was not sent within 5 seconds, or comes when 10,000 of its tenant wait, is told <em>busy</em>; a thread that
         * is interrupted gets a {@link io.github.quotaguard.store.UsageStoreException} that says whether it was sent.
         *
         * @param coalesceReserves false to send each upload by itself
         * @return this builder
         */
        public Builder coalesceReserves(boolean coalesceReserves) {
            this.coalesceReserves = coalesceReserves;
            return this;
        }

        /**
         * Sets what goes around every call, to measure it; by default nothing does.
         *
         * @param interceptor the one interceptor, instead of any that was set before
         * @return this builder
         */
        public Builder intercept(UploadInterceptor interceptor) {
            this.interceptor = Objects.requireNonNull(interceptor, "interceptor");
            return this;
        }

        /** Sets for how long uploads wait for one that the store does not answer, before they go beside it. */
        Builder patience(Duration patience) {
            this.patience = patience;
            return this;
        }

        /**
         * Builds the guard.
         *
         * @return the guard
         * @throws IllegalStateException if no policy was set
         */
        public UploadGuard build() {
            if (policy == null) {
                throw new IllegalStateException(
                        "no policy: policy(QuotaPolicy.fixed(QuotaLimits.unlimited())) allows everything");
            }
            UnchargedUploads uncharged =
                    failurePolicy == FailurePolicy.OPEN ? new UnchargedUploads(policy, clock) : null;
            Function<ReserveCommand, ReserveResult> reserves = coalesceReserves
                    ? new ReserveCoalescer(store, patience, interceptor::sent)::reserve
                    : store::reserve;
            return new UploadGuard(
                    new Reservations(store, reserves, policy, reservationTtl, clock, uncharged, interceptor),
                    uncharged);
        }
    }
}
