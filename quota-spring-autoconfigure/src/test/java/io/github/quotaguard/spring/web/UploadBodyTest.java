package io.github.quotaguard.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.UploadStream;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AllocationState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockMultipartFile;
import org.springframework.mock.web.MockPart;

class UploadBodyTest {

    private final UploadGuard guard = UploadGuard.builder(new InMemoryUsageStore())
            .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(10)))
            .build();

    @Test
    void shouldDeclareTheSizeOfAFile() {
        UploadBody body = UploadBody.of(new MockMultipartFile("file", new byte[7]));

        assertThat(body.size()).hasValue(7);
        assertThat(body.upload("acme", "photo-1").spec().declaredBytes()).hasValue(7);
    }

    @Test
    void shouldDeclareTheSizeOfAPart() {
        assertThat(UploadBody.of(new MockPart("file", new byte[7])).size()).hasValue(7);
    }

    @Test
    void shouldDeclareTheSizeOfABody() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setContent(new byte[7]);

        assertThat(UploadBody.of(request).size()).hasValue(7);
    }

    @Test
    void shouldDeclareNothingOfABodyOfUnknownLength() {
        UploadBody body = UploadBody.of(new MockHttpServletRequest());

        assertThat(body.size()).isEmpty();
        assertThat(body.upload("acme", "photo-1").spec().declaredBytes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data; boundary=x", "Multipart/Mixed"})
    void shouldNotTakeAFormForAFile(String type) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setContentType(type);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> UploadBody.of(request))
                .withMessageContaining("Part");
    }

    @Test
    void shouldReleaseWhatIsNotCommitted() throws IOException {
        UploadBody body = UploadBody.of(new MockMultipartFile("file", new byte[7]));
        try (UploadStream bytes = body.guardedBy(guard, body.upload("acme", "photo-1"))) {
            assertThat(bytes.readAllBytes()).hasSize(7);
        }

        assertThat(guard.find("acme", "photo-1").orElseThrow().state()).isEqualTo(AllocationState.RELEASED);
    }

    /** A part that is open keeps its temporary file. */
    @Test
    void shouldCloseTheBytesOfAnUploadThatIsRefused() {
        CloseableFile file = new CloseableFile(11);
        UploadBody body = UploadBody.of(file);

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> body.guardedBy(guard, body.upload("acme", "photo-1")));
        assertThat(file.isClosed).isTrue();
    }

    private static final class CloseableFile extends MockMultipartFile {

        private boolean isClosed;

        CloseableFile(int size) {
            super("file", new byte[size]);
        }

        @Override
        public InputStream getInputStream() {
            return new ByteArrayInputStream(new byte[0]) {
                @Override
                public void close() {
                    isClosed = true;
                }
            };
        }
    }
}
