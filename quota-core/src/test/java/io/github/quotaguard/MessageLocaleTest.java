package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.ReserveCommand;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages are read by log searches and support: their numbers have ASCII digits wherever the server stands. */
class MessageLocaleTest {

    private static final AllocationSpec PHOTO =
            Upload.of("acme", "photo-1", 400).spec();

    private final Locale before = Locale.getDefault();

    @BeforeEach
    void speakArabic() {
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        assertThat("%d".formatted(400)).isNotEqualTo("400");
    }

    @AfterEach
    void speakAsBefore() {
        Locale.setDefault(before);
    }

    static Stream<Named<Supplier<String>>> messages() {
        return Stream.of(
                message("400 bytes", MessageLocaleTest::conflictOfReserve),
                message("with 300 bytes, not with 301", MessageLocaleTest::conflictOfCommit),
                message(
                        "400 bytes",
                        () -> guard().reserve(Upload.of("acme", "photo-1", 400)).toString()),
                message("400 bytes", MessageLocaleTest::explanation),
                message("601 bytes", () -> thrown(() -> guard().reserve(Upload.of("acme", "photo-1", 601)))),
                message("-7", () -> thrown(() -> QuotaLimits.ofBytes(-7))),
                message("95 % and 90 %", () -> thrown(() -> new WarningThresholds(95, 90))),
                message("-7 bytes", () -> thrown(() -> CommitResult.requireBytes(-7))),
                message("more than 4 segments", () -> thrown(() -> AccountId.of("a/b/c/d/e"))),
                message("page size is -7", () -> thrown(() -> Page.requireSize(-7))),
                message("-7", () -> thrown(() -> new CounterLimit(AccountId.of("acme"), null, -7, 0, 0))),
                message("2 limits given, the charge to acme moves 1", () -> thrown(() -> command(ofAcme(), ofAcme()))),
                message("limit 0 has to be that of acme", () -> thrown(() -> command())),
                message("-7 bytes", () -> thrown(() -> Upload.of("acme", "photo-1", -7))),
                message("17 pairs, allowed are 16", () -> thrown(MessageLocaleTest::seventeenPairs)),
                message(
                        "2049 bytes",
                        () -> thrown(() -> Upload.of("acme", "photo-1", 1).metadata("k", "x".repeat(2_048)))),
                message("256 characters", () -> thrown(() -> new FileVersion("acme", "x".repeat(256), ""))),
                message("at index 3", () -> thrown(() -> new FileVersion("acme", "abc\n", ""))));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldHaveAsciiDigitsInEveryLocale(Supplier<String> message) {
        String arabic = message.get();
        Locale.setDefault(Locale.ROOT);

        assertThat(arabic).isEqualTo(message.get());
    }

    private static Named<Supplier<String>> message(String expected, Supplier<String> message) {
        return Named.of(expected, () -> {
            String text = message.get();
            assertThat(text).contains(expected);
            return text.replaceAll("since \\S+", "since then");
        });
    }

    private static String conflictOfReserve() {
        UploadGuard guard = guard();
        guard.reserve(Upload.of("acme", "photo-1", 400));
        return thrown(() -> guard.reserve(Upload.of("acme", "photo-1", 401)));
    }

    private static String conflictOfCommit() {
        Reservation reservation = guard().reserve(Upload.of("acme", "photo-1", 400));
        reservation.commit(300);
        return thrown(() -> reservation.commit(301));
    }

    private static String explanation() {
        InMemoryUsageStore store = new InMemoryUsageStore();
        QuotaPolicy unlimited = QuotaPolicy.fixed(QuotaLimits.unlimited());
        Upload photo = Upload.of("acme", "photo-1", 400);
        UploadGuard.builder(store).policy(unlimited).build().reserve(photo);
        return QuotaService.of(store, unlimited).explain(photo).reason();
    }

    private static void seventeenPairs() {
        Upload upload = Upload.of("acme", "photo-1", 1);
        for (int pair = 0; pair < 17; pair++) {
            upload = upload.metadata("key " + pair, "value");
        }
    }

    private static ReserveCommand command(CounterLimit... limits) {
        return new ReserveCommand(PHOTO, Duration.ofMinutes(15), List.of(limits));
    }

    private static CounterLimit ofAcme() {
        return CounterLimit.unlimited(AccountId.of("acme"), null);
    }

    private static String thrown(ThrowingCallable call) {
        return catchThrowable(call).getMessage();
    }

    private static UploadGuard guard() {
        return UploadGuard.builder(new InMemoryUsageStore())
                .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(600)))
                .build();
    }
}
