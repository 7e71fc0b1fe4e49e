package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;

/** Exceptions travel: over a remote call, into a session, to the process that forked a test. */
class ExceptionSerializationTest {

    private final UploadGuard guard = UploadGuard.builder(new InMemoryUsageStore())
            .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(1_000).withBytes("image", 900)))
            .build();

    @Test
    void shouldKeepEveryNumberOfARefusal() throws Exception {
        guard.upload(Upload.of("acme/user-7", "photo-1", 300).category("image"), reservation -> "saved");
        guard.reserve(Upload.of("acme/user-7", "photo-2", 200).category("image"));
        QuotaExceededException refused = catchThrowableOfType(
                QuotaExceededException.class,
                () -> guard.reserve(Upload.of("acme/user-7", "photo-3", 600).category("image")));

        QuotaExceededException copy = roundTrip(refused);

        assertThat(copy.violations()).hasSize(4).isEqualTo(refused.violations());
        assertThat(copy.violation())
                .isEqualTo(new LimitCheck(
                        AccountId.of("acme"), MetricType.CATEGORY_BYTES, new Category("image"), 600, 300, 200, 900));
        assertThat(copy.account()).isEqualTo(AccountId.of("acme"));
        assertThat(copy.metric()).isEqualTo(MetricType.CATEGORY_BYTES);
        assertThat(copy.requested()).isEqualTo(600);
        assertThat(copy.used()).isEqualTo(300);
        assertThat(copy.reserved()).isEqualTo(200);
        assertThat(copy.limit()).isEqualTo(900);
        assertThat(copy.available()).isEqualTo(400);
        assertThat(copy).hasMessage(refused.getMessage());
    }

    @Test
    void shouldLeaveAConflictWithoutWhatStandsInTheWay() throws Exception {
        guard.reserve(Upload.of("acme", "photo-1", 10));
        UploadConflictException conflict = catchThrowableOfType(
                UploadConflictException.class, () -> guard.reserve(Upload.of("acme", "photo-1", 11)));
        assertThat(conflict.standing()).isPresent();

        UploadConflictException copy = roundTrip(conflict);

        assertThat(copy.standing()).isEmpty();
        assertThat(copy).hasMessage(conflict.getMessage());
    }

    @Test
    void shouldLeaveAnEndedReservationWithoutItsAllocation() throws Exception {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 10));
        reservation.release();
        ReservationEndedException ended =
                catchThrowableOfType(ReservationEndedException.class, () -> reservation.commit(10));
        assertThat(ended.allocation()).isPresent();

        ReservationEndedException copy = roundTrip(ended);

        assertThat(copy.allocation()).isEmpty();
        assertThat(copy).hasMessage(ended.getMessage());
    }

    @SuppressWarnings("unchecked")
    private static <T extends QuotaException> T roundTrip(T exception) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(exception);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }
}
