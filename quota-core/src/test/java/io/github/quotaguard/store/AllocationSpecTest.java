package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.Upload;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AllocationSpecTest {

    private static final FileVersion ID = new FileVersion("acme", "photo-1", "v1");
    private static final AccountId USER = AccountId.of("acme/user-7");
    private static final AllocationSpec SPEC = new AllocationSpec(
            ID, USER, new Category("image"), OptionalLong.of(10), Replacement.NONE, Map.of(), null, null, null);

    @Test
    void shouldRefuseAFileOfAnotherTenant() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SPEC.withId(new FileVersion("globex", "photo-1", "v1")))
                .withMessage("file globex:photo-1@v1 is not of the tenant of account acme/user-7");
    }

    @Test
    void shouldRefuseANegativeSize() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sized(OptionalLong.of(-1)))
                .withMessageContaining("upload has -1 bytes");
        assertThat(sized(OptionalLong.of(0)).bytes()).isZero();
        assertThat(sized(OptionalLong.of(Long.MAX_VALUE)).bytes()).isEqualTo(Long.MAX_VALUE);
        assertThat(sized(OptionalLong.empty()).bytes()).isZero();
    }

    @Test
    void shouldRefuseAVersionThatReplacesItself() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SPEC.withReplacement(Replacement.ofVersion("v1")))
                .withMessageContaining("'v1' can not replace itself");
        assertThat(SPEC.withReplacement(Replacement.EVERY_VERSION).replacement())
                .isEqualTo(Replacement.EVERY_VERSION);
    }

    @Test
    void shouldAccept16PairsOfMetadataAndRefuseThe17th() {
        assertThat(SPEC.withMetadata(pairs(16)).metadata()).hasSize(16);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SPEC.withMetadata(pairs(17)))
                .withMessage("metadata has 17 pairs, allowed are 16");
    }

    @Test
    void shouldAccept2048BytesOfMetadataAndRefuseTheNext() {
        assertThat(SPEC.withMetadata(Map.of("ab", "x".repeat(2_046))).metadata())
                .hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SPEC.withMetadata(Map.of("abc", "x".repeat(2_046))))
                .withMessage("metadata has 2049 bytes of UTF-8, allowed are 2048");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SPEC.withMetadata(Map.of("a", "x".repeat(1_024), "b", "y".repeat(1_024))));
    }

    @Test
    void shouldCountMetadataInUtf8AndNotInCharacters() {
        assertThat(SPEC.withMetadata(Map.of("k1", "\u20AC".repeat(682))).metadata())
                .hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SPEC.withMetadata(Map.of("k12", "\u20AC".repeat(682))))
                .withMessageContaining("2049 bytes of UTF-8");
    }

    @Test
    void shouldRefuseMetadataThatADatabaseWouldAlter() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SPEC.withMetadata(Map.of("", "value")))
                .withMessageContaining("metadata key");
        assertThatIllegalArgumentException().isThrownBy(() -> SPEC.withMetadata(Map.of("k\u0000", "value")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SPEC.withMetadata(Map.of("key", "line 1\nline 2")))
                .withMessageContaining("metadata value");
        assertThatIllegalArgumentException().isThrownBy(() -> SPEC.withMetadata(Map.of("key", "\uD83D")));
        assertThat(SPEC.withMetadata(Map.of("key", "")).metadata()).containsEntry("key", "");
    }

    @Test
    void shouldKeepItsOwnCopyOfTheMetadata() {
        Map<String, String> metadata = new HashMap<>(Map.of("key", "value"));
        AllocationSpec spec = SPEC.withMetadata(metadata);

        metadata.put("key", "changed");

        assertThat(spec.metadata()).isEqualTo(Map.of("key", "value"));
    }

    @Test
    void shouldHaveAReasonOf1To255Characters() {
        assertThat(SPEC.withForcedReason("x".repeat(255)).forcedReason()).hasSize(255);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SPEC.withForcedReason("x".repeat(256)))
                .withMessageContaining("reason has 256 characters");
        assertThatIllegalArgumentException().isThrownBy(() -> SPEC.withForcedReason(""));
    }

    @Test
    void shouldTakeForTheSameUploadWhatDiffersOnlyInWhatDoesNotCount() {
        assertThat(SPEC.hasSameArguments(SPEC.withMetadata(Map.of("a", "b"))
                        .withRetainUntil(Instant.EPOCH)
                        .withForcedReason("because")))
                .isTrue();
    }

    @Test
    void shouldTakeForAnotherUploadWhatDiffersInAnyOfTheRest() {
        assertThat(SPEC.hasSameArguments(SPEC.withCategory(new Category("film"))))
                .isFalse();
        assertThat(SPEC.hasSameArguments(SPEC.withReplacement(Replacement.EVERY_VERSION)))
                .isFalse();
        assertThat(SPEC.hasSameArguments(sized(OptionalLong.of(11)))).isFalse();
        assertThat(sized(OptionalLong.of(0)).hasSameArguments(sized(OptionalLong.empty())))
                .isFalse();
        assertThat(SPEC.hasSameArguments(new AllocationSpec(
                        ID,
                        AccountId.of("acme"),
                        SPEC.category(),
                        SPEC.declaredBytes(),
                        Replacement.NONE,
                        Map.of(),
                        null,
                        null,
                        null)))
                .isFalse();
    }

    private static AllocationSpec sized(OptionalLong bytes) {
        return new AllocationSpec(ID, USER, SPEC.category(), bytes, Replacement.NONE, Map.of(), null, null, null);
    }

    private static Map<String, String> pairs(int count) {
        Map<String, String> pairs = new HashMap<>();
        for (int i = 0; i < count; i++) {
            pairs.put("key-" + i, "value");
        }
        return pairs;
    }

    @Test
    void shouldRefuseARetentionThatADatabaseCanNotKeep() {
        AllocationSpec spec = Upload.of("acme", "photo", 1).spec();

        assertThat(spec.withRetainUntil(Instant.parse("9999-12-31T23:59:59Z")).retainUntil())
                .isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.withRetainUntil(Instant.MAX))
                .withMessageContaining("retainUntil");
        assertThatIllegalArgumentException().isThrownBy(() -> spec.withRetainUntil(Instant.MIN));
    }
}
