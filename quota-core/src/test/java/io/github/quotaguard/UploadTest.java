package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Replacement;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class UploadTest {

    private static final Upload PHOTO = Upload.of("acme/user-7", "photo-1", 438_407);

    @Test
    void shouldNameTheFileWithinTheTenant() {
        AllocationSpec spec = PHOTO.spec();

        assertThat(spec.id()).isEqualTo(new FileVersion("acme", "photo-1", FileVersion.NO_VERSION));
        assertThat(spec.account()).isEqualTo(AccountId.of("acme/user-7"));
        assertThat(spec.declaredBytes()).hasValue(438_407);
        assertThat(spec.category()).isNull();
        assertThat(spec.replacement()).isEqualTo(Replacement.NONE);
        assertThat(spec.metadata()).isEmpty();
        assertThat(spec.retainUntil()).isNull();
        assertThat(spec.forcedReason()).isNull();
    }

    @Test
    void shouldCarryEveryOption() {
        Instant tomorrow = Instant.parse("2026-11-22T00:00:00Z");

        AllocationSpec spec = PHOTO.version("v2")
                .category("image")
                .metadata("camera", "X100")
                .metadata("lens", "")
                .retainUntil(tomorrow)
                .replacing("v1")
                .forced("ticket 4711")
                .actor("kim")
                .spec();

        assertThat(spec)
                .isEqualTo(new AllocationSpec(
                        new FileVersion("acme", "photo-1", "v2"),
                        AccountId.of("acme/user-7"),
                        new Category("image"),
                        OptionalLong.of(438_407),
                        Replacement.ofVersion("v1"),
                        Map.of("camera", "X100", "lens", ""),
                        tomorrow,
                        "ticket 4711",
                        "kim"));
    }

    @Test
    void shouldKnowNoSizeOfAnUploadOfUnknownSize() {
        assertThat(Upload.ofUnknownSize("acme", "video-9").spec().declaredBytes())
                .isEmpty();
    }

    @Test
    void shouldNotChangeTheOneItWasMadeFrom() {
        Upload before = Upload.of("acme/user-7", "photo-1", 438_407);

        assertThat(PHOTO.version("v2")
                        .category("image")
                        .metadata("a", "b")
                        .overwrite()
                        .forced("because"))
                .isNotEqualTo(PHOTO);
        assertThat(PHOTO).isEqualTo(before).hasSameHashCodeAs(before);
    }

    @Test
    void shouldReplaceTheValueOfAMetadataKey() {
        assertThat(PHOTO.metadata("a", "1").metadata("a", "2").spec().metadata())
                .isEqualTo(Map.of("a", "2"));
    }

    @Test
    void shouldGiveAnOverwriteWithoutAVersionAFreshOne() {
        Upload first = PHOTO.overwrite();
        Upload second = PHOTO.overwrite();

        assertThat(first.spec().id().version()).isNotEmpty();
        assertThat(first.spec().id()).isNotEqualTo(second.spec().id());
        assertThat(first.spec().replacement()).isEqualTo(Replacement.EVERY_VERSION);
        assertThat(first.category("image").spec().id()).isEqualTo(first.spec().id());
    }

    @Test
    void shouldKeepTheVersionThatAnOverwriteNames() {
        assertThat(PHOTO.version("v2").overwrite().spec().id().version()).isEqualTo("v2");
        assertThat(PHOTO.overwrite().version("v2").spec())
                .isEqualTo(PHOTO.version("v2").overwrite().spec());
    }

    @Test
    void shouldReplaceAFileWithoutVersionsByAFreshVersion() {
        AllocationSpec spec = PHOTO.replacing(FileVersion.NO_VERSION).spec();

        assertThat(spec.id().version()).isNotEmpty();
        assertThat(spec.replacement()).isEqualTo(Replacement.ofVersion(FileVersion.NO_VERSION));
    }

    @Test
    void shouldRefuseToReplaceItself() {
        Upload second = PHOTO.version("v2");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> second.replacing("v2"))
                .withMessageContaining("'v2' can not replace itself");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PHOTO.replacing("v2").version("v2"));
    }

    @Test
    void shouldRefuseWhatNoUploadCanHave() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Upload.of("acme", "photo-1", -1))
                .withMessageContaining("-1 bytes");
        assertThatIllegalArgumentException().isThrownBy(() -> Upload.of("", "photo-1", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Upload.of("acme", "", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Upload.ofUnknownSize("acme//x", "photo-1"));
        assertThatIllegalArgumentException().isThrownBy(() -> PHOTO.category(""));
        assertThatIllegalArgumentException().isThrownBy(() -> PHOTO.metadata("", "value"));
        assertThatIllegalArgumentException().isThrownBy(() -> PHOTO.forced(""));
        assertThatIllegalArgumentException().isThrownBy(() -> PHOTO.version("")).withMessageContaining("leave it out");
    }

    @Test
    void shouldRefuseNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> Upload.of(null, "photo-1", 1))
                .withMessage("account");
        assertThatNullPointerException()
                .isThrownBy(() -> Upload.of("acme", null, 1))
                .withMessage("file id");
        assertThatNullPointerException().isThrownBy(() -> PHOTO.retainUntil(null));
        assertThatNullPointerException().isThrownBy(() -> PHOTO.forced(null));
        assertThatNullPointerException().isThrownBy(() -> PHOTO.category(null));
    }

    @Test
    void shouldAcceptTheLargestAndTheSmallestSize() {
        assertThat(Upload.of("acme", "a", 0).spec().bytes()).isZero();
        assertThat(Upload.of("acme", "a", Long.MAX_VALUE).spec().bytes()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldReadWell() {
        assertThat(PHOTO.version("v2")).hasToString("acme:photo-1@v2 for acme/user-7 (428.1 KiB)");
        assertThat(Upload.ofUnknownSize("acme", "video-9")).hasToString("acme:video-9 for acme (unknown size)");
    }
}
