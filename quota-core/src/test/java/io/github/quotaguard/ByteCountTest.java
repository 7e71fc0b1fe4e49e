package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteCountTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1, 1 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "1535, 1.4 KiB",
        "1536, 1.5 KiB",
        "438407, 428.1 KiB",
        "1048575, 1023.9 KiB",
        "1048576, 1.0 MiB",
        "10047353, 9.5 MiB",
        "10485760, 10.0 MiB",
        "1073741824, 1.0 GiB",
        "1099511627776, 1.0 TiB",
        "1125899906842624, 1.0 PiB",
        "1152921504606846975, 1023.9 PiB",
        "1152921504606846976, 1.0 EiB",
        "9223372036854775807, 7.9 EiB"
    })
    void shouldRoundDownToOneDecimal(long bytes, String text) {
        assertThat(ByteCount.format(bytes)).isEqualTo(text);
    }

    @Test
    void shouldBeTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat(ByteCount.format(438_407)).isEqualTo("428.1 KiB");
        } finally {
            Locale.setDefault(before);
        }
    }
}
