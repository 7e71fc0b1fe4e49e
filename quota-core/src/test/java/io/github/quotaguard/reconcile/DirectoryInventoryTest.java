package io.github.quotaguard.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.FileVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryInventoryTest {

    private static final AccountId ACME = AccountId.of("acme");

    @TempDir
    private Path root;

    private FileInventory inventory;

    @BeforeEach
    void write() throws IOException {
        inventory = FileInventory.ofDirectory(root);
        put("acme/photo.jpg", 10);
        put("acme/2026/11/photo.jpg", 20);
        put("other/photo.jpg", 40);
        Files.createDirectories(root.resolve("empty"));
        Files.createSymbolicLink(root.resolve("acme/link"), root.resolve("other/photo.jpg"));
        Files.createSymbolicLink(root.resolve("acme/linked"), root.resolve("other"));
    }

    private void put(String name, int bytes) throws IOException {
        Path path = root.resolve(name);
        Files.createDirectories(path.getParent());
        Files.write(path, new byte[bytes]);
        Files.setLastModifiedTime(path, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    }

    private static FileVersion id(String file) {
        return new FileVersion("acme", file, FileVersion.NO_VERSION);
    }

    private List<String> list(String account) {
        try (Stream<StoredFile> files = inventory.list(AccountId.of(account))) {
            return files.map(file -> file.id().file() + " " + file.bytes()).toList();
        }
    }

    @Test
    void shouldListTheFilesOfATenantByTheirPaths() {
        assertThat(list("acme")).containsExactlyInAnyOrder("photo.jpg 10", "2026/11/photo.jpg 20");
        assertThat(list("empty")).isEmpty();
        assertThat(list("unknown")).isEmpty();
        try (Stream<String> tenants = inventory.tenants()) {
            assertThat(tenants).containsExactlyInAnyOrder("acme", "other", "empty");
        }
    }

    @Test
    void shouldFindFilesOfATenantAndNoOther() {
        List<StoredFile> found = inventory.find(
                ACME,
                Set.of(
                        id("photo.jpg"),
                        id("2026/11/photo.jpg"),
                        id("2026"),
                        id("../other/photo.jpg"),
                        id("gone"),
                        id("link")));

        assertThat(found)
                .extracting(file -> file.id().file())
                .containsExactlyInAnyOrder("photo.jpg", "2026/11/photo.jpg");
        assertThat(found)
                .allSatisfy(file -> assertThat(file.lastModified()).isEqualTo(Instant.parse("2026-01-02T03:04:05Z")));
        assertThat(inventory.find(ACME, Set.of(new FileVersion("acme", "photo.jpg", "v2"))))
                .isEmpty();
    }

    /** A file system says of them that something is wrong, not that they are not there. */
    @Test
    void shouldFindNothingBelowAFileOrUnderANameThatIsTooLong() {
        assertThat(inventory.find(ACME, Set.of(id("photo.jpg/below"), id("é".repeat(200)), id("2026/gone/photo.jpg"))))
                .isEmpty();
    }

    @Test
    void shouldNameAFileThatCanHaveNoId() throws IOException {
        put("acme/new\nline", 1);

        assertThatThrownBy(() -> list("acme"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("rename it or take it away")
                .hasMessageContaining("line");
    }

    /** A directory that is not mounted must not look like one whose files are gone. */
    @Test
    void shouldThrowIfTheDirectoryIsNotThere() {
        FileInventory missing = FileInventory.ofDirectory(root.resolve("not-mounted"));

        assertThatThrownBy(() -> missing.list(ACME)).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(missing::tenants).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void shouldRefuseAccountsThatAreNoDirectory() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> list("acme/user-7"))
                .withMessageContaining("so ask for acme");
        assertThatIllegalArgumentException().isThrownBy(() -> list(".."));
        assertThatIllegalArgumentException().isThrownBy(() -> list("."));
    }
}
