package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

class ReplacementTest {

    private static final FileVersion PLAIN = new FileVersion("acme", "photo-1", FileVersion.NO_VERSION);
    private static final FileVersion FIRST = new FileVersion("acme", "photo-1", "v1");
    private static final FileVersion SECOND = new FileVersion("acme", "photo-1", "v2");

    @Test
    void shouldDeleteNothing() {
        assertThat(Replacement.NONE.covers(SECOND, FIRST)).isFalse();
        assertThat(Replacement.NONE.covers(SECOND, SECOND)).isFalse();
    }

    @Test
    void shouldDeleteOneVersion() {
        Replacement first = Replacement.ofVersion("v1");

        assertThat(first.covers(SECOND, FIRST)).isTrue();
        assertThat(first.covers(SECOND, PLAIN)).isFalse();
    }

    @Test
    void shouldDeleteTheFileThatHadNoVersions() {
        Replacement plain = Replacement.ofVersion(FileVersion.NO_VERSION);

        assertThat(plain.covers(SECOND, PLAIN)).isTrue();
        assertThat(plain.covers(SECOND, FIRST)).isFalse();
        assertThat(plain).isNotEqualTo(Replacement.NONE);
    }

    @Test
    void shouldDeleteEveryOtherVersionButNotItself() {
        assertThat(Replacement.EVERY_VERSION.covers(SECOND, FIRST)).isTrue();
        assertThat(Replacement.EVERY_VERSION.covers(SECOND, PLAIN)).isTrue();
        assertThat(Replacement.EVERY_VERSION.covers(SECOND, SECOND)).isFalse();
    }

    @Test
    void shouldNameAVersionOnlyWhereOneIsMeant() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Replacement(Replacement.Scope.NONE, "v1"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Replacement(Replacement.Scope.EVERY_VERSION, "v1"))
                .withMessageContaining("EVERY_VERSION names version 'v1'");
    }

    @Test
    void shouldRefuseAVersionThatIsNotAllowed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Replacement.ofVersion("x".repeat(256)))
                .withMessageContaining("replaced version id has 256 characters");
        assertThatIllegalArgumentException().isThrownBy(() -> Replacement.ofVersion("\u0000"));
        assertThatNullPointerException().isThrownBy(() -> Replacement.ofVersion(null));
    }
}
