package io.github.quotaguard.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.reconcile.FileInventory;
import io.github.quotaguard.reconcile.ReconcileSummary;
import io.github.quotaguard.reconcile.StoredFile;
import io.github.quotaguard.spring.QuotaAutoConfiguration;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.UsageStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.actuate.web.ServletManagementContextAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Over HTTP, on a server of its own. */
class QuotaEndpointTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String REPAIR = "{\"operation\": \"repair\"}";
    private static final String CLEANUP = "{\"operation\": \"cleanup\"}";

    private final TestStore store = new TestStore();

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner(
                    AnnotationConfigServletWebServerApplicationContext::new)
            .withConfiguration(AutoConfigurations.of(
                    QuotaAutoConfiguration.class,
                    QuotaActuatorAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    HttpMessageConvertersAutoConfiguration.class,
                    TomcatServletWebServerAutoConfiguration.class,
                    DispatcherServletAutoConfiguration.class,
                    WebMvcAutoConfiguration.class,
                    ErrorMvcAutoConfiguration.class,
                    EndpointAutoConfiguration.class,
                    WebEndpointAutoConfiguration.class,
                    JacksonEndpointAutoConfiguration.class,
                    ManagementContextAutoConfiguration.class,
                    ServletManagementContextAutoConfiguration.class))
            .withBean(UsageStore.class, () -> store.store)
            .withPropertyValues(
                    "server.port=0",
                    "management.endpoints.web.exposure.include=quota",
                    "quota.maintenance.enabled=false",
                    "quota.limits.bytes=1000");

    private record Answer(int status, JsonNode body) {}

    private static Answer get(ApplicationContext context, String path) throws Exception {
        return send(context, path, HttpRequest.newBuilder().GET());
    }

    private static Answer post(ApplicationContext context, String path, String body) throws Exception {
        return send(
                context,
                path,
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
    }

    private static Answer send(ApplicationContext context, String path, HttpRequest.Builder request) throws Exception {
        int port = ((AnnotationConfigServletWebServerApplicationContext) context)
                .getWebServer()
                .getPort();
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        request.uri(URI.create("http://localhost:%d/actuator/quota%s".formatted(port, path)))
                                .build(),
                        BodyHandlers.ofString());
        String body = response.body();
        return new Answer(response.statusCode(), body.isEmpty() ? JSON.nullNode() : JSON.readTree(body));
    }

    private static void store(ApplicationContext context, Upload upload) {
        context.getBean(UploadGuard.class).upload(upload, reservation -> "kept");
    }

    private static ApplicationContext started(ApplicationContext context) {
        return ((org.springframework.boot.test.context.assertj.AssertableWebApplicationContext) context)
                .getSourceApplicationContext();
    }

    @Test
    void shouldShowWhatWaitsAndWhatTheLastDiagnosisFound() {
        runner.run(assertable -> {
            ApplicationContext context = started(assertable);
            context.getBean(UploadGuard.class).reserve(Upload.of("acme", "photo-1", 10));
            store.advance(Duration.ofMinutes(20));
            context.publishEvent(new ReconcileSummary(10, 7, 3, 2, 1, 5, 4, false));

            Answer answer = get(context, "");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().at("/backlog/overdue").asInt()).isEqualTo(1);
            assertThat(answer.body().at("/backlog/oldestOverdue").asString()).isEqualTo("2026-11-21T12:15:00Z");
            assertThat(answer.body().at("/backlog/asOf").asString()).isEqualTo("2026-11-21T12:20:00Z");
            assertThat(answer.body().at("/lastReconcile/summary/drifted").asInt())
                    .isEqualTo(3);
            assertThat(answer.body().at("/settings/repair").asBoolean()).isFalse();
            assertThat(answer.body().at("/settings/cleanup").asBoolean()).isFalse();
            assertThat(answer.body().at("/uncharged/uploads").asInt()).isZero();
            assertThat(answer.body().toString()).doesNotContain("acme");
        });
    }

    @Test
    void shouldShowAnAccount() {
        runner.run(assertable -> {
            ApplicationContext context = started(assertable);
            store(context, Upload.of("acme/user-7", "photo-1", 850).category("image"));

            JsonNode account = get(context, "/acme/user-7").body();

            assertThat(account.at("/organizationId").asString()).isEqualTo("acme/user-7");
            assertThat(account.at("/unlimited").asBoolean()).isFalse();
            assertThat(account.at("/totalQuota").asInt()).isEqualTo(1_000);
            assertThat(account.at("/usedQuota").asInt()).isEqualTo(850);
            assertThat(account.at("/remainingQuota").asInt()).isEqualTo(150);
            assertThat(account.at("/availableQuota").asInt()).isEqualTo(150);
            assertThat(account.at("/fileCount").asInt()).isEqualTo(1);
            assertThat(account.at("/usageByCategory/image").asInt()).isEqualTo(850);
            assertThat(account.at("/warnings/0/severity").asString()).isEqualTo("WARNING");
            assertThat(account.at("/warnings/0/usagePercentage").asInt()).isEqualTo(85);
            assertThat(get(context, "/acme").body().at("/usedQuota").asInt()).isEqualTo(850);
            assertThat(get(context, "/acme/%E4%B8%AD")
                            .body()
                            .at("/organizationId")
                            .asString())
                    .isEqualTo("acme/中");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/acme/a/b/c/d", "/acme/a%0Ab"})
    void shouldAnswerABadIdWith400(String path) {
        runner.withPropertyValues("quota.actuator.repair=true", "quota.actuator.cleanup=true")
                .run(assertable -> {
                    ApplicationContext context = started(assertable);
                    assertThat(get(context, path).status()).isEqualTo(400);
                    assertThat(post(context, path, REPAIR).status()).isEqualTo(400);
                    assertThat(post(context, path, CLEANUP).status()).isEqualTo(400);
                });
    }

    @Test
    void shouldAnswerABadOperationWith400() {
        runner.withPropertyValues("quota.actuator.repair=true").run(assertable -> {
            ApplicationContext context = started(assertable);
            assertThat(post(context, "/acme", "{}").status()).isEqualTo(400);
            assertThat(post(context, "/acme", "{\"operation\": \"drop\"}").status())
                    .isEqualTo(400);
            assertThat(post(context, "", REPAIR).status()).as("of all").isEqualTo(400);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"repair", "cleanup"})
    void shouldRefuseWhatWasNotAllowedAndSayWhatAllowsIt(String operation) {
        runner.run(assertable -> {
            Answer answer = post(started(assertable), "/acme", "{\"operation\": \"%s\"}".formatted(operation));

            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body().at("/problem").asString()).contains("quota.actuator.%s=true".formatted(operation));
        });
    }

    @Test
    void shouldSayWhichBeanIsMissing() {
        runner.withPropertyValues("quota.actuator.repair=true", "quota.actuator.cleanup=true")
                .run(assertable -> {
                    ApplicationContext context = started(assertable);
                    Answer repair = post(context, "/acme", REPAIR);
                    Answer cleanup = post(context, "/acme", CLEANUP);

                    assertThat(repair.status()).isEqualTo(501);
                    assertThat(repair.body().at("/problem").asString()).contains("FileInventory");
                    assertThat(cleanup.status()).isEqualTo(501);
                    assertThat(cleanup.body().at("/problem").asString()).contains("FileDeleter");
                });
    }

    @Test
    void shouldRepairAnAccount() {
        Instant lastYear = Instant.parse("2025-11-21T12:00:00Z");
        AccountId acme = AccountId.of("acme");
        FileInventory inventory = FileInventory.of(List.of(
                new StoredFile(new FileVersion("acme", "photo-1", ""), acme, null, 30, lastYear),
                new StoredFile(new FileVersion("acme", "photo-2", ""), acme, null, 40, lastYear)));
        runner.withBean(FileInventory.class, () -> inventory)
                .withPropertyValues("quota.actuator.repair=true")
                .run(assertable -> {
                    ApplicationContext context = started(assertable);
                    store(context, Upload.of("acme", "photo-1", 30));

                    Answer dry = post(context, "/acme", "{\"operation\": \"repair\", \"dryRun\": true}");
                    assertThat(dry.status()).isEqualTo(200);
                    assertThat(dry.body().at("/repair/outcome").asString()).isEqualTo("DRY_RUN");
                    assertThat(dry.body()
                                    .at("/repair/drift/NOT_RECORDED/actual")
                                    .asInt())
                            .isEqualTo(40);
                    assertThat(store.store.usage(acme).total().usedBytes()).isEqualTo(30);

                    Answer answer = post(context, "/acme", "{\"operation\": \"repair\", \"reason\": \"incident 7\"}");
                    assertThat(answer.body().at("/repair/outcome").asString()).isEqualTo("REPAIRED");
                    assertThat(answer.body()
                                    .at("/repair/corrected/NOT_RECORDED/files")
                                    .asInt())
                            .isEqualTo(1);
                    assertThat(store.store.usage(acme).total().usedBytes()).isEqualTo(70);
                    assertThat(store.store.entries("acme", 0, 10).items())
                            .filteredOn(entry -> entry.kind() == EntryKind.ADOPT)
                            .singleElement()
                            .satisfies(entry -> {
                                assertThat(entry.actor()).isEqualTo("actuator");
                                assertThat(entry.reason()).endsWith("incident 7");
                            });
                    assertThat(post(
                                            context,
                                            "/acme",
                                            "{\"operation\": \"repair\", \"reason\": \"%s\"}"
                                                    .formatted("x".repeat(256)))
                                    .status())
                            .isEqualTo(400);
                });
    }

    @Test
    void shouldCleanUpAnAccountOrAll() {
        List<String> deleted = new CopyOnWriteArrayList<>();
        runner.withBean(FileDeleter.class, () -> file -> deleted.add(file.file()))
                .withPropertyValues("quota.actuator.cleanup=true")
                .run(assertable -> {
                    ApplicationContext context = started(assertable);
                    Instant hour = Instant.parse("2026-11-21T13:00:00Z");
                    store(context, Upload.of("acme/user-7", "draft-1", 30).retainUntil(hour));
                    store(context, Upload.of("other", "draft-2", 40).retainUntil(hour));
                    store.advance(Duration.ofHours(2));

                    Answer dry = post(context, "/acme", "{\"operation\": \"cleanup\", \"dryRun\": true}");
                    assertThat(dry.body().at("/cleanup/dryRun").asBoolean()).isTrue();
                    assertThat(dry.body().at("/cleanup/freedSpace").asInt()).isEqualTo(30);
                    assertThat(deleted).isEmpty();

                    Answer one = post(context, "/acme", CLEANUP);
                    assertThat(one.body().at("/cleanup/cleanedCount").asInt()).isEqualTo(1);
                    assertThat(one.body().at("/cleanup/cleanedAttachments/0").asString())
                            .isEqualTo("acme:draft-1");
                    assertThat(deleted).containsExactly("draft-1");

                    Answer all = post(context, "", CLEANUP);
                    assertThat(all.body().at("/cleanup/freedSpace").asInt()).isEqualTo(40);
                    assertThat(deleted).containsExactly("draft-1", "draft-2");
                });
    }

    @Test
    void shouldOnlyReadWhereTheEndpointMayOnlyBeRead() {
        runner.withPropertyValues("quota.actuator.cleanup=true", "management.endpoint.quota.access=READ_ONLY")
                .run(assertable -> {
                    ApplicationContext context = started(assertable);
                    assertThat(get(context, "").status()).isEqualTo(200);
                    assertThat(post(context, "", CLEANUP).status()).isIn(404, 405);
                });
    }

    @Test
    void shouldNotBeThereUnlessExposed() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=health")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(QuotaEndpoint.class));
    }
}
