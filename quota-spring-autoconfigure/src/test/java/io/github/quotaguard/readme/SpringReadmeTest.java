package io.github.quotaguard.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaService;
import io.github.quotaguard.readme.newcomer.PhotoApplication;
import io.github.quotaguard.reconcile.DriftReport;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.spring.QuotaAutoConfiguration;
import io.github.quotaguard.spring.upload.QuotaUploadAutoConfiguration;
import io.github.quotaguard.spring.web.QuotaAuthorization;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Holds the section of README.md about Spring Boot to what there is. */
class SpringReadmeTest {

    private static final Path ROOT = root();
    private static final Path SOURCES =
            ROOT.resolve("quota-spring-autoconfigure/src/test/java/io/github/quotaguard/readme");
    private static final Pattern MARKED = Pattern.compile("(?ms)^ *// README: begin\\n(.*?)^ *// README: end$");

    /** What the tests of this module have on the class path, and the newcomer has not. */
    private static final String SECURITY = Stream.of(
                    "SecurityAutoConfiguration",
                    "UserDetailsServiceAutoConfiguration",
                    "actuate.web.servlet.ManagementWebSecurityAutoConfiguration",
                    "web.servlet.SecurityFilterAutoConfiguration",
                    "web.servlet.ServletWebSecurityAutoConfiguration")
            .map(name -> "org.springframework.boot.security.autoconfigure." + name)
            .collect(Collectors.joining(","));

    private final String section = section();

    private static List<String> blocks(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(block -> block.group(1).stripTrailing().stripIndent())
                .toList();
    }

    private List<String> fenced(String language) {
        return blocks(Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$"), section);
    }

    private static String section() {
        String readme = read(ROOT.resolve("README.md"));
        int start = readme.indexOf("\n## Spring Boot\n");
        return readme.substring(start, readme.indexOf("\n## ", start + 1));
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("quota-jdbc/pom.xml"))) {
            at = at.getParent();
        }
        return at;
    }

    @Test
    void shouldShowTheCodeThatIsTested() {
        String application = read(SOURCES.resolve("newcomer/PhotoApplication.java"))
                .replace("package io.github.quotaguard.readme.newcomer;", "package com.example;")
                .stripTrailing();
        Stream<String> examples = Stream.of("PhotoService", "VideoController", "SpringExamples")
                .flatMap(type -> blocks(MARKED, read(SOURCES.resolve(type + ".java"))).stream());

        assertThat(fenced("java"))
                .isEqualTo(Stream.concat(Stream.of(application), examples).toList());
    }

    @Test
    void shouldAnswerTheNewcomerAsShown(@TempDir Path directory) throws Exception {
        String[] properties = fenced("properties")
                .get(0)
                .replace("./photos-database", directory.resolve("db").toString())
                .split("\n", -1);
        try (ConfigurableApplicationContext application = new SpringApplicationBuilder(PhotoApplication.class)
                .properties(properties)
                .properties(
                        "server.port=0",
                        "spring.flyway.enabled=false",
                        "spring.liquibase.enabled=false",
                        "spring.main.banner-mode=off",
                        "spring.autoconfigure.exclude=" + SECURITY,
                        "photos.directory=" + directory)
                .run()) {
            int port =
                    ((WebServerApplicationContext) application).getWebServer().getPort();

            assertThat(put(port, 1).statusCode()).isEqualTo(200);
            HttpResponse<String> refused = put(port, 2);
            assertThat(put(port, 1).statusCode()).isEqualTo(200);

            assertThat(refused.statusCode()).isEqualTo(507);
            assertThat(refused.body()).isEqualTo(withoutSpaces(fenced("json").get(0)));
            assertThat(application
                            .getBean(QuotaService.class)
                            .storageQuota("acme")
                            .usedQuota())
                    .isEqualTo(700_000);
        }
    }

    private static String withoutSpaces(String json) {
        return json.lines().map(String::strip).reduce("", String::concat).replace("\": ", "\":");
    }

    private static HttpResponse<String> put(int port, int photo) throws IOException, InterruptedException {
        String head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"photo.jpg\"\r\n\r\n";
        byte[] body = (head + "x".repeat(700_000) + "\r\n--b--\r\n").getBytes(StandardCharsets.US_ASCII);
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:%s/organizations/acme/photos/%s".formatted(port, photo)))
                .header("Content-Type", "multipart/form-data; boundary=b")
                .PUT(BodyPublishers.ofByteArray(body))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    @Test
    void shouldStartAnApplicationOfTheExamples() {
        Queue<String> mails = new ConcurrentLinkedQueue<>();
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        QuotaAutoConfiguration.class,
                        QuotaUploadAutoConfiguration.class))
                .withBean(SpringExamples.Mails.class, () -> (id, text) -> mails.add(text))
                .withUserConfiguration(SpringExamples.class)
                .run(context -> {
                    context.getBean(JdbcTemplate.class)
                            .execute(
                                    "CREATE TABLE photos (id BIGINT PRIMARY KEY, org VARCHAR(20), bytes BLOB, stored_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP)");
                    PhotoService photos = context.getBean(PhotoService.class);

                    photos.store("acme", 1, new byte[400]);
                    photos.scan("acme", 2, () -> new byte[300]);

                    assertThat(context.getBean(QuotaService.class)
                                    .storageQuota("acme")
                                    .usedQuota())
                            .isEqualTo(700);
                    DriftReport report = context.getBean(Reconciler.class).diagnose("acme");
                    assertThat(report.actual()).isEqualTo(700);
                    assertThat(report.isConsistent()).isTrue();
                    assertThat(context).hasSingleBean(QuotaAuthorization.class);
                });
    }
}
