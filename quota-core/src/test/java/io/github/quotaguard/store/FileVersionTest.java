package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

class FileVersionTest {

    @Test
    void shouldReadWellWithAndWithoutAVersion() {
        assertThat(new FileVersion("acme", "photo-1", FileVersion.NO_VERSION)).hasToString("acme:photo-1");
        assertThat(new FileVersion("acme", "photo-1", "v2")).hasToString("acme:photo-1@v2");
    }

    @Test
    void shouldAcceptSlashesInFileAndVersionButNotInTheTenant() {
        assertThat(new FileVersion("acme", "2026/11/photo-1.png", "a/b").file()).isEqualTo("2026/11/photo-1.png");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FileVersion("acme/user-7", "photo-1", ""))
                .withMessageContaining("first segment");
    }

    @Test
    void shouldAcceptIdsOfUpTo255Characters() {
        String longest = "x".repeat(255);

        assertThat(new FileVersion("acme", longest, longest).version()).hasSize(255);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FileVersion("acme", longest + "x", ""))
                .withMessage("file id has 256 characters, allowed are 1 to 255");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FileVersion("acme", "photo-1", longest + "x"))
                .withMessage("version id has 256 characters, allowed are 0 to 255");
        assertThatIllegalArgumentException().isThrownBy(() -> new FileVersion("x".repeat(129), "photo-1", ""));
    }

    @Test
    void shouldRefuseAnEmptyTenantOrFile() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FileVersion("", "photo-1", ""))
                .withMessageContaining("tenant has 0 characters");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FileVersion("acme", "", "v1"))
                .withMessageContaining("file id has 0 characters");
    }

    @Test
    void shouldRefuseForbiddenCharactersInEveryPart() {
        assertThatIllegalArgumentException().isThrownBy(() -> new FileVersion("ac\u0000me", "photo-1", ""));
        assertThatIllegalArgumentException().isThrownBy(() -> new FileVersion("acme", "photo\n1", ""));
        assertThatIllegalArgumentException().isThrownBy(() -> new FileVersion("acme", "photo-1", "\u202E"));
    }

    @Test
    void shouldRefuseNullAndSayWhichPart() {
        assertThatNullPointerException()
                .isThrownBy(() -> new FileVersion(null, "photo-1", ""))
                .withMessage("tenant");
        assertThatNullPointerException()
                .isThrownBy(() -> new FileVersion("acme", null, ""))
                .withMessage("file id");
        assertThatNullPointerException()
                .isThrownBy(() -> new FileVersion("acme", "photo-1", null))
                .withMessage("version id");
    }
}
