package io.github.quotaguard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReservationTokenTest {

    private static final int PREFIX = "qg1.".length();

    private final TestClock clock = new TestClock();
    private final ObservedStore store = new ObservedStore(new InMemoryUsageStore(clock));
    private final UploadGuard guard = guard();
    private final Upload photo = Upload.of("acme/user-7", "photo-1", 400).version("v2");

    @Test
    void shouldBeResumedByAGuardOnAnotherNode() {
        String token = guard.reserve(photo).detach();
        UploadGuard otherNode = guard();

        try (Reservation resumed = otherNode.resume(token)) {
            assertThat(resumed.allocation().id()).isEqualTo(photo.spec().id());
            assertThat(resumed.isOpen()).isTrue();
            resumed.commit(390);
        }

        assertThat(usage()).isEqualTo(new Usage(390, 0, 1, 0));
    }

    @Test
    void shouldReleaseWhatWasResumedAndNotCommitted() {
        String token = guard.reserve(photo).detach();

        guard.resume(token).close();

        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldGiveTheSameTokenForTheSameReservation() {
        String token = guard.reserve(photo).detach();

        assertThat(guard.resume(token).detach()).isEqualTo(token);
    }

    @Test
    void shouldResumeWhatWasCommittedMeanwhileAsStored() {
        String token = guard.reserve(photo).detach();
        guard.resume(token).commit();

        Reservation late = guard.resume(token);

        assertThat(late.isAlreadyStored()).isTrue();
        assertThat(late.isOpen()).isFalse();
        late.commit();
        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldResumeWhatExpiredMeanwhileAndSaySoOnCommit() {
        String token = guard.reserve(photo).detach();
        clock.advance(Duration.ofMinutes(16));
        store.sweep();

        Reservation late = guard.resume(token);

        assertThat(late.isOpen()).isFalse();
        assertThatExceptionOfType(ReservationEndedException.class)
                .isThrownBy(late::commit)
                .satisfies(ended ->
                        assertThat(ended.allocation().orElseThrow().state()).isEqualTo(AllocationState.EXPIRED));
    }

    @Test
    void shouldResumeTheFormerLifeAndNotALaterOneOfTheSameFile() {
        Reservation former = guard.reserve(photo);
        String token = former.detach();
        former.release();
        guard.upload(photo, reservation -> "saved");

        assertThat(guard.resume(token).allocation().state()).isEqualTo(AllocationState.RELEASED);
    }

    @Test
    void shouldSayThatNothingIsKnownOfATokenOfAnotherStore() {
        String token = guard.reserve(photo).detach();
        UploadGuard elsewhere = UploadGuard.builder(new InMemoryUsageStore(clock))
                .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .clock(clock)
                .build();

        assertThatExceptionOfType(ReservationEndedException.class)
                .isThrownBy(() -> elsewhere.resume(token))
                .withMessageContaining("acme:photo-1@v2")
                .satisfies(unknown -> assertThat(unknown.allocation()).isEmpty());
    }

    @Test
    void shouldRefuseATokenOlderThanSevenDaysWithoutAskingTheStore() {
        String token = guard.reserve(photo).detach();
        clock.advance(Duration.ofDays(7).plusMillis(1));
        int before = store.calls();

        assertThatExceptionOfType(ReservationEndedException.class).isThrownBy(() -> guard.resume(token));
        assertThat(store.calls()).isEqualTo(before);
    }

    @Test
    void shouldStillAskTheStoreAboutATokenOfExactlySevenDays() {
        String token = guard.reserve(photo).detach();
        clock.advance(Duration.ofDays(7));

        assertThat(guard.resume(token).isOpen()).isTrue();
    }

    @Test
    void shouldRefuseToUseAHandleOlderThanSevenDaysWithoutAskingTheStore() {
        Reservation reservation = guard.reserve(photo);
        clock.advance(Duration.ofDays(7).plusMillis(1));
        int before = store.calls();

        assertThatExceptionOfType(ReservationEndedException.class).isThrownBy(() -> reservation.commit(400));
        assertThatExceptionOfType(ReservationEndedException.class).isThrownBy(() -> reservation.extendTo(500));
        assertThat(store.calls()).isEqualTo(before);
    }

    @Test
    void shouldConsistOfUrlSafeCharacters() {
        Upload odd = Upload.of("ünï cødé/ /?&=", "a/b c%20?#ä-\uD83D\uDE00", 1).version("v 1/2");

        String token = guard.reserve(odd).detach();

        assertThat(token).matches("[A-Za-z0-9._-]+");
        assertThat(guard.resume(token).allocation().id()).isEqualTo(odd.spec().id());
    }

    @Test
    void shouldFitInto2591CharactersWithTheLongestIds() {
        Upload longest =
                Upload.of("\u20AC".repeat(128), "\u20AC".repeat(255), 1).version("\u20AC".repeat(255));

        String token = guard.reserve(longest).detach();

        assertThat(token).hasSize(2_591);
        assertThat(guard.resume(token).allocation().id())
                .isEqualTo(longest.spec().id());
    }

    @Test
    void shouldRefuseATokenWithAnyBitFlipped() {
        String token = guard.reserve(photo).detach();
        byte[] bytes = Base64.getUrlDecoder().decode(token.substring(PREFIX));
        int before = store.calls();

        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            shouldBeMalformed(
                    "qg1." + Base64.getUrlEncoder().withoutPadding().encodeToString(flipped), "bit %d".formatted(bit));
        }
        assertThat(store.calls()).isEqualTo(before);
    }

    @Test
    void shouldRefuseATokenWithAnyCharacterChanged() {
        String token = guard.reserve(Upload.of("acme", "photo-1", 400)).detach();

        for (int i = 0; i < token.length(); i++) {
            char other = token.charAt(i) == 'B' ? 'C' : (char) (token.charAt(i) ^ 1);
            shouldBeMalformed(token.substring(0, i) + other + token.substring(i + 1), "character %d".formatted(i));
        }
    }

    /** Base64 leaves bits of the last character unused: 37 bytes need 49 and a third. */
    @Test
    void shouldRefuseATokenThatIsSpeltAnotherWay() {
        String token = guard.reserve(Upload.of("acme", "photo-1", 400)).detach();
        String respelt = token.substring(0, token.length() - 1) + (char) (token.charAt(token.length() - 1) + 1);
        assertThat(Base64.getUrlDecoder().decode(respelt.substring(PREFIX)))
                .isEqualTo(Base64.getUrlDecoder().decode(token.substring(PREFIX)));

        shouldBeMalformed(respelt, respelt);
    }

    @Test
    void shouldRefuseATokenCutOffAnywhereOrContinued() {
        String token = guard.reserve(photo).detach();

        for (int length = 0; length < token.length(); length++) {
            shouldBeMalformed(token.substring(0, length), "length %d".formatted(length));
        }
        shouldBeMalformed(token + "A", "one character more");
        shouldBeMalformed(token + "AAAA", "four characters more");
        shouldBeMalformed(token + "=", "padded");
        shouldBeMalformed(token + "\n", "with a line end");
        shouldBeMalformed(" " + token, "indented");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "qg1.",
                "qg1",
                "qg2.AAAAAAAAAAAAAAAA",
                "photo-1",
                "Bearer abc",
                "qg1.%%%",
                "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhY21lIn0.",
                "../../etc/passwd"
            })
    void shouldRefuseWhatNeverWasAToken(String text) {
        shouldBeMalformed(text, text);
    }

    @Test
    void shouldRefuseBytesThatSomebodyElseEncoded() {
        byte[] foreign = UUID.fromString("123e4567-e89b-12d3-a456-426614174000")
                .toString()
                .getBytes(US_ASCII);

        shouldBeMalformed("qg1." + Base64.getUrlEncoder().withoutPadding().encodeToString(foreign), "foreign bytes");
    }

    private void shouldBeMalformed(String token, String what) {
        assertThatIllegalArgumentException()
                .as(what)
                .isThrownBy(() -> guard.resume(token))
                .withMessageStartingWith("not a reservation token");
    }

    private UploadGuard guard() {
        return UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(1_000)))
                .clock(clock)
                .build();
    }

    private Usage usage() {
        return store.usage(AccountId.of("acme")).total();
    }
}
