package io.github.quotaguard.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.HistoryStep;
import io.github.quotaguard.QuotaSeverity;
import io.github.quotaguard.Upload;
import io.github.quotaguard.store.LedgerStore;
import io.github.quotaguard.store.UsageStore;
import java.io.IOException;
import java.lang.reflect.Parameter;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** The description says what the controllers answer, no less and no more. */
class OpenApiTest {

    private static final String BASE = "/storage/v1";

    /** The names by which the description knows the operations. */
    private static final String QUOTA = "GET /quota/{organizationId}";

    private static final String WARNINGS = "GET /warnings/{organizationId}";
    private static final String USAGE = "GET /usage/{organizationId}";
    private static final String HISTORY = "GET /usage/{organizationId}/history";
    private static final String CLEANUP = "POST /cleanup";

    @Configuration(proxyBeanMethods = false)
    static class Bare {

        @Bean
        UsageStore store() {
            return new FragileStore() {
                @Override
                public Optional<LedgerStore> ledger() {
                    return Optional.empty();
                }
            };
        }

        @Bean
        QuotaAuthorization authorization() {
            return (operation, account, request) -> true;
        }
    }

    @Test
    void shouldDescribeWhatTheControllersAnswer() {
        OpenApi api;
        try (WebStage stage = QuotaApiStage.start("quota.web.api.enabled=true", "quota.web.api.base-path=" + BASE)) {
            HttpResponse<String> description = stage.get(BASE + "/openapi.yaml");
            api = new OpenApi(description.body());
            api.check("GET /openapi.yaml", description);
            assertThat(parametersByOperation(stage)).isEqualTo(described(api));
            fill(stage);
            call(api, stage, QUOTA, "/quota/soft", 200);
            call(api, stage, QUOTA, "/quota/acme", 200);
            call(api, stage, QUOTA, "/quota/acme?subaccount=", 400);
            call(api, stage, QUOTA, "/quota/other", 403);
            call(api, stage, QUOTA, "/quota/down", 503);
            call(api, stage, WARNINGS, "/warnings/soft", 200);
            call(api, stage, WARNINGS, "/warnings/acme", 200);
            call(api, stage, WARNINGS, "/warnings/acme?subaccount=", 400);
            call(api, stage, WARNINGS, "/warnings/other", 403);
            call(api, stage, WARNINGS, "/warnings/down", 503);
            call(api, stage, USAGE, "/usage/acme", 200);
            call(api, stage, USAGE, "/usage/acme?subaccount=", 400);
            call(api, stage, USAGE, "/usage/other", 403);
            call(api, stage, USAGE, "/usage/down", 503);
            call(api, stage, HISTORY, "/usage/acme/history?step=HOUR", 200);
            call(api, stage, HISTORY, "/usage/acme/history?step=WEEK", 400);
            call(api, stage, HISTORY, "/usage/other/history", 403);
            call(api, stage, HISTORY, "/usage/down/history", 503);
            call(api, stage, CLEANUP, "/cleanup?organizationId=acme&dryRun=false", 200);
            call(api, stage, CLEANUP, "/cleanup?organizationId=acme&dryRun=perhaps", 400);
            call(api, stage, CLEANUP, "/cleanup", 403);
            call(api, stage, CLEANUP, "/cleanup?organizationId=down", 503);
        }
        try (WebStage bare =
                WebStage.start(Bare.class, "quota.web.api.enabled=true", "quota.web.api.base-path=" + BASE)) {
            call(api, bare, HISTORY, "/usage/acme/history", 501);
            call(api, bare, CLEANUP, "/cleanup?organizationId=acme", 501);
        }
        assertThat(api.seen()).isEqualTo(api.described());
    }

    private static void fill(WebStage stage) {
        QuotaApiStage.store(stage, Upload.of("acme", "photo-1", 1_900_000).category("image"));
        QuotaApiStage.store(stage, QuotaApiStage.expired("acme", "draft-1", 10).version("v1"));
        QuotaApiStage.store(stage, Upload.of("soft", "photo-1", 11));
    }

    /** Asks as the organisation that is named; nobody is {@code other}. */
    private static void call(OpenApi api, WebStage stage, String operation, String path, int status) {
        String organization = List.of("soft", "down").stream()
                .filter(path::contains)
                .findFirst()
                .orElse("acme");
        HttpRequest.Builder request = stage.request(BASE + path).header(QuotaApiStage.ORGANIZATION, organization);
        HttpResponse<String> answer =
                stage.send(operation.startsWith("POST") ? request.POST(BodyPublishers.noBody()) : request.GET());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        api.check(operation, answer);
    }

    private static Map<String, Set<String>> described(OpenApi api) {
        return api.operations().stream().collect(Collectors.toMap(operation -> operation, api::parameters));
    }

    private static Map<String, Set<String>> parametersByOperation(WebStage stage) {
        Map<String, Set<String>> operations = new TreeMap<>();
        stage.bean(RequestMappingHandlerMapping.class).getHandlerMethods().forEach((mapping, method) -> {
            if (method.getBeanType() == QuotaApiController.class) {
                operations.put(operation(mapping), parameters(method));
            }
        });
        return operations;
    }

    private static String operation(RequestMappingInfo mapping) {
        assertThat(mapping.getPatternValues()).hasSize(1);
        assertThat(mapping.getMethodsCondition().getMethods()).hasSize(1);
        String path = mapping.getPatternValues().iterator().next();
        assertThat(path).startsWith(BASE);
        return mapping.getMethodsCondition().getMethods().iterator().next() + " " + path.substring(BASE.length());
    }

    private static Set<String> parameters(HandlerMethod method) {
        Set<String> parameters = new TreeSet<>();
        for (Parameter parameter : method.getMethod().getParameters()) {
            if (parameter.isAnnotationPresent(PathVariable.class)) {
                parameters.add("path " + parameter.getName() + " required");
            }
            RequestParam query = parameter.getAnnotation(RequestParam.class);
            if (query != null) {
                parameters.add("query " + parameter.getName() + (query.required() ? " required" : ""));
            }
        }
        return parameters;
    }

    @Test
    void shouldKnowTheStepsAndTheProblemsOfTheLibrary() throws IOException {
        OpenApi api = new OpenApi(
                new ClassPathResource("openapi.yaml", OpenApi.class).getContentAsString(StandardCharsets.UTF_8));

        assertThat(texts(api.document().at("/paths/~1usage~1{organizationId}~1history/get/parameters/4/schema/enum")))
                .containsExactly(names(HistoryStep.values()));
        assertThat(texts(api.document().at("/components/schemas/QuotaWarning/properties/severity/enum")))
                .containsExactly(names(QuotaSeverity.values()));
        assertThat(texts(api.document().at("/components/schemas/Problem/properties/type/enum")))
                .isSubsetOf(Arrays.stream(ProblemType.values())
                        .map(type -> type.uri().toString())
                        .toList());
    }

    private static List<String> texts(JsonNode array) {
        return array.values().stream().map(JsonNode::asString).toList();
    }

    private static String[] names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).toArray(String[]::new);
    }
}
