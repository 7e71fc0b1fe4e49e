package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountIdTest {

    @Test
    void shouldBeItsOwnTenantAtDepth1() {
        AccountId acme = AccountId.of("acme");

        assertThat(acme.tenant()).isEqualTo("acme");
        assertThat(acme.lineage()).containsExactly(acme);
    }

    @Test
    void shouldListItsAncestorsTenantFirst() {
        AccountId deepest = AccountId.of("acme/team/user-7/phone");

        assertThat(deepest.tenant()).isEqualTo("acme");
        assertThat(deepest.lineage())
                .containsExactly(
                        AccountId.of("acme"), AccountId.of("acme/team"), AccountId.of("acme/team/user-7"), deepest);
    }

    @Test
    void shouldRefuseAFifthSegment() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccountId.of("a/b/c/d/e"))
                .withMessage("account has more than 4 segments");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/acme", "acme/", "acme//user", "a/b/c/", "a/b/c//", "//"})
    void shouldRefuseAnEmptySegment(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccountId.of(path))
                .withMessageContaining("has 0 characters, allowed are 1 to 128");
    }

    @Test
    void shouldAcceptSegmentsOfUpTo128Characters() {
        String longest = "x".repeat(128);

        assertThat(AccountId.of(longest + "/" + longest + "/" + longest + "/" + longest)
                        .lineage())
                .hasSize(4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccountId.of(longest + "x"))
                .withMessage("tenant has 129 characters, allowed are 1 to 128");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccountId.of("acme/" + longest + "x"))
                .withMessage("account segment has 129 characters, allowed are 1 to 128");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Acme", "acme ", " acme", "äcme", "acme.de", "a\\b", "a'b\"c;--", "%_", "😀", "日本"})
    void shouldKeepWhatItWasGivenCharacterForCharacter(String segment) {
        assertThat(AccountId.of(segment)).hasToString(segment).isNotEqualTo(AccountId.of("acme"));
        assertThat(AccountId.of("acme/" + segment).lineage()).hasSize(2);
    }

    @Test
    void shouldNotNormalise() {
        assertThat(AccountId.of("\u00E4")).isNotEqualTo(AccountId.of("a\u0308"));
    }

    @ParameterizedTest
    @ValueSource(
            chars = {
                '\u0000', '\u0009', '\n', '\r', '\u001F', '\u007F', '\u0085', '\u009F', '\u061C', '\u200E', '\u200F',
                '\u2028', '\u2029', '\u202A', '\u202E', '\u2066', '\u2069', '\uD800', '\uDBFF', '\uDC00', '\uDFFF'
            })
    void shouldRefuseWhatADatabaseOrALogWouldAlter(char forbidden) {
        for (String path : new String[] {"a" + forbidden, forbidden + "a", "acme/b" + forbidden + "c"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AccountId.of(path))
                    .withMessageContaining("U+%04X at index".formatted((int) forbidden));
        }
    }

    @ParameterizedTest
    @ValueSource(
            chars = {' ', '~', '\u00A0', '\u061B', '\u061D', '\u200D', '\u2027', '\u202F', '\u2065', '\u206A', '\uE000'
            })
    void shouldAcceptTheirNeighbours(char allowed) {
        assertThat(AccountId.of("a" + allowed).path()).hasSize(2);
    }

    @Test
    void shouldRefuseSurrogatesInTheWrongOrder() {
        assertThatIllegalArgumentException().isThrownBy(() -> AccountId.of("\uDE00\uD83D"));
        assertThatIllegalArgumentException().isThrownBy(() -> AccountId.of("\uD83D\uD83D\uDE00"));
        assertThat(AccountId.of("\uD83D\uDE00").path()).isEqualTo("😀");
    }

    @Test
    void shouldRefuseNull() {
        assertThatNullPointerException().isThrownBy(() -> AccountId.of(null)).withMessage("account");
    }
}
