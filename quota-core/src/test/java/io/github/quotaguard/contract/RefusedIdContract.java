package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Replacement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids that no store takes, wherever they are given. */
interface RefusedIdContract extends StoreFixture {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0",
                "a\0",
                "a\0b",
                "\r",
                "\n",
                "a\r\nb",
                "\t",
                "a\u001B[2J",
                "\u007F",
                "\u0080",
                "\u0085",
                "\u009F",
                "\u2028",
                "\u2029",
                "\u202A",
                "\u202E",
                "\u2066",
                "\u2069",
                "\u200E",
                "\u200F",
                "\u061C"
            })
    default void shouldRefuseCharactersThatDoNotSurviveOrDeceive(String id) {
        assertRefusedEverywhere(id);
    }

    @ParameterizedTest
    @ValueSource(ints = {0xD83D, 0xDE00, 0xD800, 0xDFFF})
    default void shouldRefuseUnpairedSurrogates(int surrogate) {
        char c = (char) surrogate;
        for (String id : List.of("" + c, "a" + c, c + "a", "" + c + c, "\uDE00\uD83D", "\uD83D\uDE00" + c)) {
            assertRefusedEverywhere(id);
        }
    }

    private void assertRefusedEverywhere(String id) {
        idTakers(id)
                .forEach((what, taker) -> assertThatIllegalArgumentException()
                        .as(what)
                        .isThrownBy(() -> taker.accept(id))
                        .satisfies(e -> assertThat(e.getMessage())
                                .hasSizeLessThan(300)
                                .doesNotContain(id)
                                .doesNotContainPattern("\\R")));
    }

    /** Returns whatever takes an id as a text: the values that commands are made of, and the store where it is asked. */
    private Map<String, Consumer<String>> idTakers(String id) {
        Map<String, Consumer<String>> takers = new LinkedHashMap<>();
        takers.put("tenant", AccountId::new);
        takers.put("account segment", it -> new AccountId("acme/" + it));
        takers.put("account segment in the middle", it -> new AccountId("acme/" + it + "/x"));
        takers.put("category", Category::new);
        takers.put("tenant of a file", it -> new FileVersion(it, "file", "version"));
        takers.put("file", it -> new FileVersion("acme", it, "version"));
        takers.put("file to delete", it -> new DeleteCommand(new AccountId("acme"), it, null));
        takers.put("tenant of versions to read", it -> store().versions(it, "file"));
        takers.put("file of versions to read", it -> store().versions("acme", it));
        takers.put("tenant of allocations to list", it -> store().allocations(it, null, 1));
        takers.put("tenant of entries to list", it -> store().entries(it, 0, 1));
        if (!id.isEmpty()) {
            takers.put("version", it -> new FileVersion("acme", "file", it));
            takers.put("replaced version", Replacement::ofVersion);
            takers.put("version to delete", it -> new DeleteCommand(new AccountId("acme"), "file", it));
        }
        return takers;
    }

    @Test
    default void shouldRefuseEmptyIds() {
        assertThat(idTakers(""))
                .allSatisfy(
                        (what, taker) -> assertThatIllegalArgumentException().isThrownBy(() -> taker.accept("")));
    }

    @Test
    default void shouldRefuseIdsThatAreTooLong() {
        for (int length : new int[] {FileVersion.MAX_LENGTH + 1, 1 << 20}) {
            assertRefusedEverywhere("x".repeat(length));
        }
        assertRefusedEverywhere("\uD83D\uDE00".repeat(FileVersion.MAX_LENGTH / 2 + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new AccountId("x".repeat(129)));
        assertThatIllegalArgumentException().isThrownBy(() -> new AccountId("acme/" + "x".repeat(129)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Category("x".repeat(65)));
        assertThatIllegalArgumentException().isThrownBy(() -> new FileVersion("x".repeat(129), "file", ""));
    }

    @Test
    default void shouldRefuseMalformedPaths() {
        for (String path : List.of("/", "/a", "a/", "a//b", "a/b/c/d/e", "a/b/c/d/")) {
            assertThatIllegalArgumentException().as(path).isThrownBy(() -> new AccountId(path));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new FileVersion("a/b", "file", ""));
        assertThatIllegalArgumentException().isThrownBy(() -> store().versions("a/b", "file"));
        assertThatIllegalArgumentException().isThrownBy(() -> store().allocations("a/b", null, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> store().entries("a/b", 0, 1));
    }

    @Test
    default void shouldRefuseAFileOfAnotherTenantThanItsAccount() {
        ContractTenant tenant = ContractTenant.of(this);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> tenant.upload("photo", 1).by(new AccountId("acme")));
    }

    @Test
    default void shouldRefuseMetadataThatIsTooMuchOrDoesNotSurvive() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractUpload upload = tenant.upload("photo", 1);
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i < 17; i++) {
            pairs.put("key" + i, "value");
        }

        for (Map<String, String> metadata : List.of(
                pairs,
                Map.of("", "empty key"),
                Map.of("k", "x".repeat(2_048)),
                Map.of("k", "\u6F22".repeat(683)),
                Map.of("k\0", "v"),
                Map.of("k", "v\0"),
                Map.of("k", "\uD83D"),
                Map.of("k", "a\nb"))) {
            assertThatIllegalArgumentException().isThrownBy(() -> upload.metadata(metadata));
        }
        Map<String, String> largest = Map.of("k", "x".repeat(2_047));
        assertThat(tenant.now(upload.metadata(largest).granted()).spec().metadata())
                .isEqualTo(largest);
        for (String reason : List.of("", "a\nb", "x".repeat(256))) {
            assertThatIllegalArgumentException().isThrownBy(() -> upload.forced(reason));
        }
    }
}
