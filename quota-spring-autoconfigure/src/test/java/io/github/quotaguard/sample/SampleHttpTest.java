package io.github.quotaguard.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.JsonNode;

/** The sample without a browser. */
class SampleHttpTest {

    private static final int MIB = 1_048_576;

    @TempDir
    static Path directory;

    private static SampleService service;

    @BeforeAll
    static void start() {
        service = SampleService.start(directory);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @BeforeEach
    void clear() throws IOException {
        service.clear();
    }

    @Test
    void shouldRefuseAnUploadOverQuotaBeforeItsBodyIsSent() throws IOException {
        service.upload("meadow", "minutes.pdf", MIB);
        URI uri = URI.create(service.url());

        String answer;
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("""
                    POST /organizations/meadow/files/film.mp4 HTTP/1.1\r
                    Host: localhost\r
                    Content-Length: 3000000\r
                    Expect: 100-continue\r
                    Connection: close\r
                    \r
                    """.getBytes(StandardCharsets.US_ASCII));
            answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }

        assertThat(answer).startsWith("HTTP/1.1 507").contains("application/problem+json", "1,048,576 B");
        assertThat(service.json("attachments/quota/meadow").path("fileCount").asInt())
                .isEqualTo(1);
    }

    @Test
    void shouldAnswerWithTheNumbersOfTheRefusal() {
        service.upload("meadow", "minutes.pdf", MIB);

        HttpResponse<String> refused = service.upload("meadow", "film.mp4", MIB + 1, "Accept-Language", "en");

        assertThat(refused.statusCode()).isEqualTo(507);
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = SampleService.json(refused);
        assertThat(problem.path("type").asString()).isEqualTo("urn:quotaguard:problem:quota-exceeded");
        assertThat(problem.path("requested").asLong()).isEqualTo(MIB + 1);
        assertThat(problem.path("available").asLong()).isEqualTo(MIB);
        assertThat(problem.path("used").asLong()).isEqualTo(MIB);
        assertThat(problem.path("limit").asLong()).isEqualTo(2 * MIB);
        assertThat(service.upload("orchard", "film.mp4", MIB + 1).statusCode()).isEqualTo(413);
    }

    @Test
    void shouldKeepNoBytesOfAnUploadThatTurnsOutTooLong() throws IOException {
        InputStream body = new ByteArrayInputStream(new byte[2 * MIB + 1]);

        HttpResponse<String> refused =
                service.send("POST", "organizations/meadow/files/film.mp4", BodyPublishers.ofInputStream(() -> body));

        assertThat(refused.statusCode()).isEqualTo(507);
        assertThat(service.json("organizations/meadow/files")).isEmpty();
        assertThat(service.json("attachments/quota/meadow")
                        .path("reservedQuota")
                        .asLong())
                .isZero();
        try (Stream<Path> files = Files.list(directory.resolve("files"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void shouldTellQuotaUsageAndWarnings() {
        service.upload("harbor", "photo.png", 3 * MIB);

        JsonNode quota = service.json("attachments/quota/harbor");
        assertThat(quota.path("organizationId").asString()).isEqualTo("harbor");
        assertThat(quota.path("totalQuota").asLong()).isEqualTo(5 * MIB);
        assertThat(quota.path("usedQuota").asLong()).isEqualTo(3 * MIB);
        assertThat(quota.path("remainingQuota").asLong()).isEqualTo(2 * MIB);
        assertThat(quota.path("fileCount").asLong()).isEqualTo(1);
        assertThat(quota.path("updatedAt").asString()).isNotEmpty();
        JsonNode warnings = service.json("attachments/warnings/harbor");
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0).path("category").asString()).isEqualTo("image");
        JsonNode metrics = service.json("attachments/usage/harbor").path("metrics");
        assertThat(metrics.valueStream().map(metric -> metric.path("used").asLong()))
                .containsExactly(3L * MIB, 1L, 3L * MIB);
        assertThat(service.send("GET", "attachments/quota/somebody").statusCode())
                .isEqualTo(403);
    }

    @Test
    void shouldShowAfterARestartWhatItShowedBefore() {
        service.upload("meadow", "minutes.pdf", MIB);
        service.upload("harbor", "photo.png", 2 * MIB);
        List<String> before = shown();

        service.close();
        service = SampleService.start(directory);

        assertThat(shown()).isEqualTo(before);
        assertThat(service.upload("meadow", "film.mp4", MIB + 1).statusCode()).isEqualTo(507);
    }

    private static List<String> shown() {
        return Stream.of("attachments/quota/meadow", "organizations/meadow/files", "organizations/harbor/files")
                .map(path -> service.send("GET", path).body())
                // When what was uploaded is settled is nobody's promise.
                .map(body -> body.replaceAll("\"updatedAt\":\"[^\"]*\"", ""))
                .toList();
    }

    @Test
    void shouldDeleteTemporaryFilesWhoseTimeHasPassed() {
        Instant yesterday = Instant.now().minus(Duration.ofDays(1));
        Attachment draft = new Attachment("draft-1", "meadow", "draft.pdf", "document", 1_000, yesterday);
        Upload upload = Upload.of("meadow", draft.id(), draft.size()).retainUntil(yesterday);
        service.bean(UploadGuard.class).upload(upload, reservation -> {
            service.bean(AttachmentRows.class).insert(draft);
            return draft;
        });

        JsonNode cleaned =
                SampleService.json(service.send("POST", "attachments/cleanup?organizationId=meadow&dryRun=false"));

        assertThat(cleaned.path("cleanedCount").asInt()).isEqualTo(1);
        assertThat(cleaned.path("freedSpace").asInt()).isEqualTo(1_000);
        assertThat(service.json("organizations/meadow/files")).isEmpty();
    }

    @Test
    void shouldStoreFilesWhateverTheirNames() {
        for (String name :
                List.of("x".repeat(400), "\uD83D\uDCC4".repeat(200), "\u202Efdp.exe", "100% a;b.pdf", "..pdf")) {
            String path = "organizations/meadow/files/" + UriUtils.encode(name, StandardCharsets.UTF_8);
            assertThat(service.send("POST", path).statusCode()).as(name).isEqualTo(201);
        }
        assertThat(service.json("organizations/meadow/files")
                        .valueStream()
                        .map(file -> file.path("name").asString()))
                .contains("fdp.exe", "100% a;b.pdf", "..pdf")
                .allSatisfy(name -> assertThat(name).hasSizeLessThanOrEqualTo(255));
    }

    @Test
    void shouldLetThePageLoadNothingFromElsewhere() {
        HttpResponse<String> page = service.send("GET", "");

        assertThat(page.body()).contains("Quotaguard");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'self';"));
    }

    @Test
    void shouldKnowNoOtherOrganisationAndNoOtherFile() {
        assertThat(service.upload("somebody", "minutes.pdf", 1).statusCode()).isEqualTo(404);
        assertThat(service.send("DELETE", "organizations/meadow/files/nothing").statusCode())
                .isEqualTo(404);
        String id = SampleService.json(service.upload("meadow", "minutes.pdf", 1))
                .path("id")
                .asString();
        assertThat(service.send("DELETE", "organizations/harbor/files/" + id).statusCode())
                .isEqualTo(404);
        assertThat(service.json("attachments/quota/meadow").path("usedQuota").asLong())
                .isEqualTo(1);
    }
}
