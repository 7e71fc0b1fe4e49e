package io.github.quotaguard;

import static io.github.quotaguard.store.MetricType.BYTES;
import static io.github.quotaguard.store.MetricType.CATEGORY_BYTES;
import static io.github.quotaguard.store.MetricType.FILES;
import static io.github.quotaguard.store.MetricType.FILE_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.LimitCheck;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class LimitTextTest {

    private static final AccountId ACME = AccountId.of("acme");
    private static final Category IMAGE = new Category("image");

    @Test
    void shouldSayHowManyBytesAreMissingForWhom() {
        assertThat(LimitText.of(new LimitCheck(ACME, BYTES, null, 438_407, 10_485_760, 0, 10_485_761)))
                .isEqualTo("438407 bytes (428.1 KiB) asked for, 1 byte available:"
                        + " acme has used 10485760 bytes (10.0 MiB) of 10485761 bytes (10.0 MiB)");
    }

    @Test
    void shouldMentionWhatIsHeldForUploadsUnderWay() {
        assertThat(LimitText.of(new LimitCheck(ACME, BYTES, null, 600, 300, 200, 1_000)))
                .isEqualTo("600 bytes asked for, 500 bytes available:"
                        + " acme has used 300 bytes of 1000 bytes, 200 bytes held for uploads under way");
    }

    @Test
    void shouldNeverSayThatLessThanNothingIsAvailable() {
        assertThat(LimitText.of(new LimitCheck(ACME, BYTES, null, 1, 300, 200, 100)))
                .startsWith("1 byte asked for, 0 bytes available:");
    }

    @Test
    void shouldNameTheCategory() {
        assertThat(LimitText.of(new LimitCheck(ACME, CATEGORY_BYTES, IMAGE, 600, 300, 0, 500)))
                .isEqualTo("600 bytes asked for, 200 bytes available:"
                        + " acme in category image has used 300 bytes of 500 bytes");
    }

    @Test
    void shouldCountFilesAsFiles() {
        assertThat(LimitText.of(new LimitCheck(ACME, FILES, null, 1, 2_000, 1, 2_001)))
                .isEqualTo("1 file asked for, 0 files available:"
                        + " acme has used 2000 files of 2001 files, 1 file held for uploads under way");
    }

    @Test
    void shouldSayHowLargeAFileMayBe() {
        assertThat(LimitText.of(new LimitCheck(ACME, FILE_BYTES, null, 2_048, 0, 0, 1_024)))
                .isEqualTo("it has 2048 bytes (2.0 KiB), acme allows 1024 bytes (1.0 KiB) per file");
    }

    @Test
    void shouldSayThatACounterIsFullWithoutTalkingOfALimitThatNobodySet() {
        assertThat(LimitText.of(new LimitCheck(ACME, BYTES, null, 2, Long.MAX_VALUE - 1, 0, CounterLimit.UNLIMITED)))
                .isEqualTo("acme counts at most 9223372036854775807 bytes");
    }

    @Test
    void shouldBeTheSameInEveryLocale() {
        LimitCheck check = new LimitCheck(ACME, CATEGORY_BYTES, IMAGE, 6_000, 3_000, 100, 5_000);
        String english = LimitText.of(check);
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat(LimitText.of(check)).isEqualTo(english);
        } finally {
            Locale.setDefault(before);
        }
    }
}
