package io.github.quotaguard.sample;

import io.github.quotaguard.reconcile.ReconcileOptions;
import io.github.quotaguard.reconcile.Reconciler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The sample, running on a free port, as a test speaks to it. */
final class SampleService implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final ConfigurableApplicationContext context;
    private final HttpClient client = HttpClient.newHttpClient();

    private SampleService(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static SampleService start(Path directory) {
        return new SampleService(
                SampleApplication.start("--server.port=0", "--sample.directory=" + directory.toAbsolutePath()));
    }

    String url() {
        return SampleApplication.url(context);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url() + path)).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> send(String method, String path) {
        return send(method, path, BodyPublishers.noBody());
    }

    /** Uploads a file of zeros. */
    HttpResponse<String> upload(String organization, String name, int bytes, String... headers) {
        return send(
                "POST",
                "organizations/%s/files/%s".formatted(organization, name),
                BodyPublishers.ofByteArray(new byte[bytes]),
                headers);
    }

    JsonNode json(String path) {
        return json(send("GET", path));
    }

    static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    /** Leaves every organisation without files, and with records that say so. */
    void clear() throws IOException {
        AttachmentService attachments = bean(AttachmentService.class);
        for (Organization organization : Organization.ALL) {
            String id = organization.id();
            for (Attachment attachment : bean(AttachmentRows.class).ofOrganization(id)) {
                attachments.delete(id, attachment.id());
            }
            bean(Reconciler.class).repair(id, ReconcileOptions.builder().force().build());
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
