package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

class CategoryTest {

    @Test
    void shouldBeEqualOnlyCharacterForCharacter() {
        assertThat(new Category("image"))
                .isEqualTo(new Category("image"))
                .isNotEqualTo(new Category("Image"))
                .isNotEqualTo(new Category("image "))
                .hasToString("image");
    }

    @Test
    void shouldHave1To64Characters() {
        assertThat(new Category("x".repeat(64)).name()).hasSize(64);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Category("x".repeat(65)))
                .withMessage("category has 65 characters, allowed are 1 to 64");
        assertThatIllegalArgumentException().isThrownBy(() -> new Category(""));
    }

    @Test
    void shouldRefuseForbiddenCharactersAndNull() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Category("im\tage"));
        assertThatNullPointerException().isThrownBy(() -> new Category(null)).withMessage("category");
    }
}
