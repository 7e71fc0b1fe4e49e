package io.github.quotaguard.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.quotaguard.QuotaService;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.spring.web.QuotaApiStage.Deletions;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaApiTest {

    private static WebStage stage;

    @BeforeAll
    static void start() {
        stage = QuotaApiStage.start("quota.web.api.enabled=true");
        QuotaApiStage.store(stage, Upload.of("acme", "photo-1", 1_900_000).category("image"));
        QuotaApiStage.store(stage, Upload.of("acme/user-7", "notes", 100_000));
        stage.bean(UploadGuard.class).reserve(Upload.of("acme/user-7", "photo-2", 48_576));
        QuotaApiStage.store(stage, Upload.of("free", "film", 5_000_000_000L));
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    private static HttpResponse<String> get(String path) {
        return stage.get(path, QuotaApiStage.ORGANIZATION, path.split("[/?]")[3]);
    }

    private static HttpResponse<String> post(String path, String organization) {
        return stage.send(HttpRequest.newBuilder(stage.request(path).build().uri())
                .header(QuotaApiStage.ORGANIZATION, organization)
                .POST(BodyPublishers.noBody()));
    }

    private static Map<String, Object> json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        return WebStage.json(response.body());
    }

    private static List<Map<String, Object>> list(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return WebStage.jsonList(response.body());
    }

    private static Map<String, Object> problem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        return WebStage.json(response.body());
    }

    @Test
    void shouldTellTheQuotaOfAnOrganisation() {
        Map<String, Object> quota = json(get("/attachments/quota/acme"));

        assertThat(quota)
                .containsOnly(
                        entry("organizationId", "acme"),
                        entry("unlimited", false),
                        entry("totalQuota", 10_485_760),
                        entry("usedQuota", 2_000_000),
                        entry("reservedQuota", 48_576),
                        entry("remainingQuota", 8_485_760),
                        entry("availableQuota", 8_437_184),
                        entry("fileCount", 2),
                        entry("usageByCategory", Map.of("image", 1_900_000)),
                        entry("updatedAt", quota.get("updatedAt")));
        assertThat(Instant.parse((String) quota.get("updatedAt"))).isAfter(Instant.EPOCH);
    }

    @Test
    void shouldLeaveOutWhatAnUnlimitedOrganisationDoesNotHave() {
        assertThat(json(get("/attachments/quota/free")))
                .containsEntry("unlimited", true)
                .containsEntry("usedQuota", 5_000_000_000L)
                .doesNotContainKeys("totalQuota", "remainingQuota", "availableQuota", "softQuota", "graceOver");
    }

    @Test
    void shouldTellZerosOfAnAccountThatWasNeverCharged() {
        assertThat(json(get("/attachments/quota/nobody")))
                .containsEntry("usedQuota", 0)
                .containsEntry("usageByCategory", Map.of())
                .doesNotContainKey("updatedAt");
    }

    @Test
    void shouldTellTheQuotaOfAnAccountBelowTheOrganisation() {
        assertThat(json(get("/attachments/quota/acme?subaccount=user-7")))
                .containsEntry("organizationId", "acme/user-7")
                .containsEntry("totalQuota", 1_048_576)
                .containsEntry("usedQuota", 100_000);
    }

    @Test
    void shouldWarnInEnglish() {
        HttpResponse<String> response = get("/attachments/warnings/acme");

        assertThat(response.headers().firstValue("Content-Language")).hasValue("en");
        assertThat(list(response))
                .containsExactly(Map.of(
                        "metricType", "CATEGORY_BYTES",
                        "category", "image",
                        "currentUsage", 1_900_000,
                        "quotaLimit", 2_097_152,
                        "usagePercentage", 90.59,
                        "severity", "CRITICAL",
                        "message", "acme has used 1.8 MiB of 2.0 MiB for image (90.59%)"));
    }

    @Test
    void shouldWarnInChinese() {
        HttpResponse<String> response = stage.get(
                "/attachments/warnings/acme", QuotaApiStage.ORGANIZATION, "acme", "Accept-Language", "zh-CN,en;q=0.5");

        assertThat(response.headers().firstValue("Content-Language")).hasValue("zh-CN");
        assertThat(list(response))
                .extracting("message")
                .containsExactly("acme 的 image 类文件已使用 1.8 MiB，配额 2.0 MiB（90.59%）");
    }

    @Test
    void shouldTellTheUsageMetricByMetric() {
        Map<String, Object> usage = json(get("/attachments/usage/acme"));

        assertThat(usage).containsOnlyKeys("organizationId", "metrics", "updatedAt");
        assertThat(usage)
                .containsEntry("organizationId", "acme")
                .containsEntry(
                        "metrics",
                        List.of(
                                Map.of(
                                        "metricType", "BYTES",
                                        "used", 2_000_000,
                                        "reserved", 48_576,
                                        "limit", 10_485_760,
                                        "percentage", 19.07),
                                Map.of(
                                        "metricType", "FILES",
                                        "used", 2,
                                        "reserved", 1,
                                        "limit", 100,
                                        "percentage", 2.0),
                                Map.of(
                                        "metricType", "CATEGORY_BYTES",
                                        "category", "image",
                                        "used", 1_900_000,
                                        "reserved", 0,
                                        "limit", 2_097_152,
                                        "percentage", 90.59)));
    }

    @Test
    void shouldTellTheLast30DaysUnlessAskedOtherwise() {
        List<Map<String, Object>> steps = list(get("/attachments/usage/acme/history"));

        LocalDate today = LocalDate.ofInstant(Instant.now(), ZoneOffset.UTC);
        assertThat(steps).hasSize(30);
        assertThat(steps.get(0)).containsEntry("start", today.minusDays(29) + "T00:00:00Z");
        assertThat(steps.get(29))
                .containsOnly(
                        entry("start", today + "T00:00:00Z"),
                        entry("end", today.plusDays(1) + "T00:00:00Z"),
                        entry("bytes", 2_000_000),
                        entry("files", 2),
                        entry("addedBytes", 2_000_000),
                        entry("removedBytes", 0),
                        entry("addedFiles", 2),
                        entry("removedFiles", 0),
                        entry("peakBytes", 2_000_000));
    }

    @ParameterizedTest
    @CsvSource({
        "from=2026-01-01&to=2026-01-03, 2026-01-01T00:00:00Z, 2",
        "to=2026-02-01, 2026-01-02T00:00:00Z, 30",
        "from=2026-01-01&to=2026-01-02&step=HOUR, 2026-01-01T00:00:00Z, 24",
        "from=2026-01-15&to=2026-03-01&step=MONTH, 2026-01-01T00:00:00Z, 2",
        "from=2026-01-01&to=2026-01-03&zone=Asia/Shanghai, 2026-01-01T00:00:00+08:00, 2",
        "from=2026-01-01&to=2026-01-03&zone=%2B05:30, 2026-01-01T00:00:00+05:30, 2",
        "from=2026-01-01T12:00:00Z&to=2026-01-01T14:30:00%2B01:00&step=HOUR, 2026-01-01T12:00:00Z, 2"
    })
    void shouldTellTheHistoryThatIsAskedFor(String query, String start, int steps) {
        assertThat(list(get("/attachments/usage/acme/history?" + query)))
                .hasSize(steps)
                .first()
                .extracting("start")
                .isEqualTo(start);
    }

    @ParameterizedTest
    @CsvSource({
        "quota/%09, organizationId, 1 to 128 characters",
        "quota/acme?subaccount=, subaccount, 1 to 3 segments",
        "warnings/acme?subaccount=a/b/c/d, subaccount, 1 to 3 segments",
        "usage/acme?subaccount=a//b, subaccount, 1 to 3 segments",
        "usage/acme/history?step=WEEK, step, 'HOUR, DAY or MONTH'",
        "usage/acme/history?step=day, step, 'HOUR, DAY or MONTH'",
        "usage/acme/history?zone=Mars/Olympus, zone, Europe/Berlin",
        "usage/acme/history?from=yesterday, from, 2026-11-01",
        "usage/acme/history?from=2026-02-30, from, 2026-11-01",
        "usage/acme/history?to=2026-12-01T08:00:00, to, with its offset",
        "usage/acme/history?to=-999999999-01-01, to, 2026-12-01",
        "usage/acme/history?from=2026-01-02&to=2026-01-01, range, from is before to",
        "'usage/acme/history?from=1970-01-01&step=HOUR', range, 'at most 10,000 steps'",
        "usage/acme/history?zone=%2B00:01&from=2026-01-01&to=2026-01-02, range, quarters of an hour"
    })
    void shouldSayWhatIsAllowed(String path, String parameter, String allowed) {
        String organization = path.startsWith("quota/%09") ? "" : "acme";
        HttpResponse<String> response =
                stage.get("/attachments/" + path, QuotaApiStage.ORGANIZATION, organization);

        assertThat(problem(response, 400))
                .containsEntry("type", "urn:quotaguard:problem:invalid")
                .containsEntry("parameter", parameter)
                .hasEntrySatisfying("detail", detail -> assertThat((String) detail).contains(allowed));
    }

    @ParameterizedTest
    @ValueSource(strings = {"quota/acme", "warnings/acme", "usage/acme", "usage/acme/history", "quota/acme?subaccount=a"})
    void shouldKeepOneOrganisationFromReadingAnother(String path) {
        Map<String, Object> existing =
                problem(stage.get("/attachments/" + path, QuotaApiStage.ORGANIZATION, "other"), 403);
        Map<String, Object> missing = problem(
                stage.get("/attachments/" + path.replace("acme", "nobody"), QuotaApiStage.ORGANIZATION, "other"), 403);

        existing.remove("instance");
        missing.remove("instance");
        assertThat(existing).isEqualTo(missing).containsEntry("type", "urn:quotaguard:problem:forbidden");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/attachments/quota/acme",
                "/attachments/warnings/acme",
                "/attachments/usage/acme",
                "/attachments/usage/acme/history",
                "/attachments/usage/acme/history?step=WEEK",
                "/attachments/quota/down"
            })
    void shouldBeKeptInNoCache(String path) {
        assertThat(get(path).headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(stage.get(path).headers().firstValue("Cache-Control")).hasValue("no-store");
    }

    @Test
    void shouldTellNothingOfTheStorageWhenItFails() {
        HttpResponse<String> response = get("/attachments/quota/down");

        assertThat(problem(response, 503)).containsEntry("type", "urn:quotaguard:problem:store-unavailable");
        assertThat(response.body()).doesNotContain("customers");
        assertThat(response.headers().firstValue("Retry-After")).hasValue("5");
    }

    @Test
    void shouldDeleteNothingUnlessToldSo() {
        QuotaApiStage.store(stage, QuotaApiStage.expired("tidy", "draft-1", 10));

        Map<String, Object> listed = json(post("/attachments/cleanup?organizationId=tidy", "tidy"));

        assertThat(listed)
                .containsOnly(
                        entry("dryRun", true),
                        entry("cleanedCount", 1),
                        entry("freedSpace", 10),
                        entry(
                                "cleanedAttachments",
                                List.of(Map.of("organizationId", "tidy", "file", "draft-1"))),
                        entry("failedAttachments", List.of()),
                        entry("hasMore", false));
        assertThat(stage.bean(QuotaService.class).storageQuota("tidy").usedQuota())
                .isEqualTo(10);
        assertThat(stage.bean(Deletions.class).files).doesNotContain("draft-1");
    }

    @Test
    void shouldDeleteWhatItIsToldTo() {
        QuotaApiStage.store(
                stage, QuotaApiStage.expired("clean/user-7", "draft-2", 10).version("v1"));
        QuotaApiStage.store(stage, QuotaApiStage.expired("clean/user-8", "draft-3", 10));

        Map<String, Object> cleaned =
                json(post("/attachments/cleanup?organizationId=clean&subaccount=user-7&dryRun=false", "clean"));

        assertThat(cleaned)
                .containsEntry("dryRun", false)
                .containsEntry(
                        "cleanedAttachments",
                        List.of(Map.of("organizationId", "clean", "file", "draft-2", "version", "v1")));
        assertThat(stage.bean(QuotaService.class).storageQuota("clean").usedQuota())
                .isEqualTo(10);
        assertThat(stage.bean(Deletions.class).files).contains("draft-2").doesNotContain("draft-3");
    }

    @Test
    void shouldNameWhatCouldNotBeDeletedAndKeepTheReasonToItself() {
        QuotaApiStage.store(stage, QuotaApiStage.expired("sticky", "stuck-1", 10));

        HttpResponse<String> response =
                post("/attachments/cleanup?organizationId=sticky&dryRun=false", "sticky");

        assertThat(json(response))
                .containsEntry("cleanedCount", 0)
                .containsEntry("failedAttachments", List.of(Map.of("organizationId", "sticky", "file", "stuck-1")));
        assertThat(response.body()).doesNotContain("10.1.2.3");
    }

    @Test
    void shouldCleanUpAllOrganisationsOnlyForWhomThatIsAllowed() {
        QuotaApiStage.store(stage, QuotaApiStage.expired("east", "draft-4", 10));
        QuotaApiStage.store(stage, QuotaApiStage.expired("west", "draft-5", 10));

        assertThat(problem(post("/attachments/cleanup?dryRun=false", "east"), 403))
                .containsEntry("type", "urn:quotaguard:problem:forbidden");
        assertThat(stage.bean(Deletions.class).files).doesNotContain("draft-4", "draft-5");

        assertThat(json(post("/attachments/cleanup?dryRun=false", "*"))).containsEntry("dryRun", false);
        assertThat(stage.bean(Deletions.class).files).contains("draft-4", "draft-5");
    }

    @ParameterizedTest
    @CsvSource({
        "organizationId=acme&dryRun=no, acme, dryRun",
        "organizationId=acme&dryRun=, acme, dryRun",
        "organizationId=acme/user-7, acme, organizationId",
        "organizationId=, acme, organizationId",
        "subaccount=user-7, *, organizationId"
    })
    void shouldSayWhatACleanupMayBeAskedFor(String query, String organization, String parameter) {
        assertThat(problem(post("/attachments/cleanup?" + query, organization), 400))
                .containsEntry("parameter", parameter);
    }
}
