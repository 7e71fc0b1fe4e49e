package io.github.quotaguard.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaService;
import io.github.quotaguard.StorageQuota;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.UploadStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** Uploads over real connections, to a Tomcat that has its usual limits. */
class UploadsOverHttpTest {

    private static final int MIB = 1_048_576;
    private static final AtomicInteger ACCOUNTS = new AtomicInteger();

    private static WebStage stage;

    private final String account = "acme-" + ACCOUNTS.incrementAndGet();

    @Configuration(proxyBeanMethods = false)
    @Import(Uploads.class)
    static class Application {

        /** Who names no account here is not looked at early. */
        @Bean
        QuotaAccountResolver accounts() {
            return request -> Optional.ofNullable(request.getHeader("X-Early"));
        }
    }

    @RestController
    static class Uploads {

        private final UploadGuard guard;

        Uploads(UploadGuard guard) {
            this.guard = guard;
        }

        @PutMapping("/files/{id}")
        long put(@RequestHeader("X-Account") String account, @PathVariable String id, HttpServletRequest request)
                throws IOException {
            return keep(UploadBody.of(request), account, id);
        }

        @PostMapping(path = "/files", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
        long post(@RequestHeader("X-Account") String account, @RequestParam MultipartFile file) throws IOException {
            return keep(UploadBody.of(file), account, "multipart file");
        }

        @PostMapping("/parts")
        long part(@RequestHeader("X-Account") String account, @RequestPart Part file) throws IOException {
            return keep(UploadBody.of(file), account, "part");
        }

        private long keep(UploadBody body, String account, String id) throws IOException {
            try (UploadStream bytes = body.guardedBy(guard, body.upload(account, id))) {
                bytes.transferTo(OutputStream.nullOutputStream());
                bytes.commit();
                return bytes.count();
            }
        }
    }

    @BeforeAll
    static void start() {
        stage = WebStage.start(
                Application.class,
                "quota.limits.bytes=4MB",
                "spring.servlet.multipart.max-file-size=20MB",
                "spring.servlet.multipart.max-request-size=20MB");
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    private StorageQuota quota() {
        return stage.bean(QuotaService.class).storageQuota(account);
    }

    private static void assertRefused(List<String> head, String body) {
        assertThat(head).contains("http/1.1 507 ", "content-type: application/problem+json");
        assertThat(WebStage.json(body)).containsEntry("type", "urn:quotaguard:problem:quota-exceeded");
    }

    @Test
    void shouldRefuseAFormBeforeItsBodyIsSent() throws IOException {
        try (RawClient client = new RawClient(stage.port())) {
            client.sendHead(
                    "POST /files HTTP/1.1",
                    "X-Early: " + account,
                    "Content-Type: multipart/form-data; boundary=x",
                    "Content-Length: " + 20 * MIB);

            List<String> head = client.readHead();
            assertRefused(head, client.readBody(head));
            assertThat(head).contains("connection: close");
        }
    }

    @Test
    void shouldNotAskAClientThatWaitsForABodyThatDoesNotFit() throws IOException {
        try (RawClient client = new RawClient(stage.port())) {
            client.sendHead(
                    "POST /files HTTP/1.1",
                    "Expect: 100-continue",
                    "X-Early: " + account,
                    "Content-Type: multipart/form-data; boundary=x",
                    "Content-Length: " + 20 * MIB);

            List<String> head = client.readHead();
            assertRefused(head, client.readBody(head));
        }
    }

    @Test
    void shouldAskAClientThatWaitsForABodyThatFits() throws IOException {
        try (RawClient client = new RawClient(stage.port())) {
            client.sendHead(
                    "PUT /files/photo-1 HTTP/1.1",
                    "Expect: 100-continue",
                    "X-Early: " + account,
                    "X-Account: " + account,
                    "Content-Length: " + 3 * MIB);
            assertThat(client.readHead()).contains("http/1.1 100 ");

            client.send(new byte[3 * MIB]);
            assertThat(client.readHead()).contains("http/1.1 200 ");
            assertThat(quota().usedQuota()).isEqualTo(3 * MIB);
        }
    }

    /** Most clients do not wait, and read only once they have sent everything, or can not any more. */
    @Test
    void shouldTellAlsoAClientThatSendsRightAway() throws IOException {
        try (RawClient client = new RawClient(stage.port())) {
            client.sendHead(
                    "POST /files HTTP/1.1",
                    "X-Early: " + account,
                    "Content-Type: multipart/form-data; boundary=x",
                    "Content-Length: " + 20 * MIB);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendUntilRefused(client));

            List<String> head = client.readHead();
            assertRefused(head, client.readBody(head));
            sending.join();
        }
    }

    private static void sendUntilRefused(RawClient client) {
        try {
            for (int sent = 0; sent < 20; sent++) {
                client.send(new byte[MIB]);
            }
        } catch (IOException e) {
            // The server has closed the connection, as it said.
            assertThat(e).hasMessageMatching("(?i)broken pipe|connection reset.*");
        }
    }

    @Test
    void shouldRefuseADeclaredBodyBeforeItIsAskedFor() throws IOException {
        try (RawClient client = new RawClient(stage.port())) {
            client.sendHead(
                    "PUT /files/photo-1 HTTP/1.1",
                    "Expect: 100-continue",
                    "X-Account: " + account,
                    "Content-Length: " + (4 * MIB + 1));

            List<String> head = client.readHead();
            assertRefused(head, client.readBody(head));
            assertThat(quota().reservedQuota()).isZero();
        }
    }

    @Test
    void shouldChargeAChunkedBodyByItsBytes() {
        HttpResponse<String> response = stage.send(stage.request("/files/photo-1")
                .header("X-Account", account)
                .PUT(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[3 * MIB]))));

        assertThat(response.body()).isEqualTo("" + 3 * MIB);
        assertThat(quota().usedQuota()).isEqualTo(3 * MIB);
        assertThat(quota().reservedQuota()).isZero();
    }

    @Test
    void shouldRefuseAChunkedBodyInTheMiddle() throws IOException {
        try (RawClient client = new RawClient(stage.port())) {
            client.sendHead("PUT /files/photo-1 HTTP/1.1", "X-Account: " + account, "Transfer-Encoding: chunked");
            for (int sent = 0; sent < 5; sent++) {
                client.sendChunk(new byte[MIB]);
            }

            List<String> head = client.readHead();
            assertRefused(head, client.readBody(head));
            assertThat(quota().usedQuota()).isZero();
            assertThat(quota().reservedQuota()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/files", "/parts"})
    void shouldChargeAFileOfAFormByItsSize(String path) {
        HttpResponse<String> response = postForm(path, 3 * MIB);

        assertThat(response.body()).isEqualTo("" + 3 * MIB);
        assertThat(quota().usedQuota()).isEqualTo(3 * MIB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/files", "/parts"})
    void shouldRefuseAFileOfAForm(String path) {
        assertThat(postForm(path, 4 * MIB + 1).statusCode()).isEqualTo(507);
        assertThat(quota().reservedQuota()).isZero();
    }

    private HttpResponse<String> postForm(String path, int size) {
        byte[] head = ("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"photo.jpg\"\r\n"
                        + "Content-Type: application/octet-stream\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] tail = "\r\n--x--\r\n".getBytes(StandardCharsets.US_ASCII);
        return stage.send(stage.request(path)
                .header("X-Account", account)
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(BodyPublishers.ofByteArrays(List.of(head, new byte[size], tail))));
    }
}
