package io.github.quotaguard.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The description of an HTTP API, and what of it was seen. Operations are named like {@code GET /quota/{id}}. */
final class OpenApi {

    private static final String URI = "https://quotaguard.example/openapi.json";

    private final JsonNode document;
    private final SchemaRegistry schemas;
    private final Set<String> seen = new TreeSet<>();

    OpenApi(String yaml) {
        document = new YAMLMapper().readTree(yaml);
        schemas = SchemaRegistry.withDefaultDialect(
                Dialects.getOpenApi31(), builder -> builder.schemas(Map.of(URI, document.toString())));
    }

    JsonNode document() {
        return document;
    }

    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.get("paths")
                .forEachEntry((path, item) -> item.propertyNames()
                        .forEach(method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        return operations;
    }

    /** Returns the parameters of an operation, like {@code path organizationId required}. */
    Set<String> parameters(String operation) {
        Set<String> parameters = new TreeSet<>();
        String all = pointer(operation) + "/parameters";
        for (int i = 0; i < document.at(all).size(); i++) {
            JsonNode parameter = document.at(target(all + "/" + i));
            parameters.add(
                    parameter.get("in").asString() + " " + parameter.get("name").asString()
                            + (parameter.path("required").asBoolean(false) ? " required" : ""));
        }
        return parameters;
    }

    /** Checks an answer against what stands here, and notes what it shows. */
    void check(String operation, HttpResponse<String> answer) {
        String response = target(pointer(operation) + "/responses/" + answer.statusCode());
        assertThat(document.at(response).isObject())
                .as("%s answers %s: %s", operation, answer.statusCode(), answer.body())
                .isTrue();
        document.at(response).path("headers").propertyNames().forEach(header -> {
            boolean isRequired = document.at(target(response + "/headers/" + header))
                    .path("required")
                    .asBoolean(false);
            assertThat(!isRequired || answer.headers().firstValue(header).isPresent())
                    .as(header)
                    .isTrue();
        });
        String type = answer.headers().firstValue("Content-Type").orElseThrow();
        assertThat(document.at(response).get("content").propertyNames()).contains(type);
        String schema = response + "/content/" + escape(type) + "/schema";
        seen.add(operation + " " + answer.statusCode());
        if (type.endsWith("json")) {
            JsonNode value = JsonMapper.shared().readTree(answer.body());
            Schema known = schemas.getSchema(SchemaLocation.of(URI + "#" + schema));
            assertThat(known.validate(
                            value, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true))))
                    .as("%s answers %s", operation, value)
                    .isEmpty();
            note(schema, value);
        }
    }

    private void note(String schema, JsonNode value) {
        String pointer = target(schema);
        value.forEachEntry((name, member) -> {
            String property = pointer + "/properties/" + escape(name);
            if (document.at(property).isMissingNode()) {
                assertThat(document.at(pointer).has("additionalProperties"))
                        .as("%s is described at %s", name, pointer)
                        .isTrue();
            } else {
                seen.add(property);
                note(property, member);
            }
        });
        value.values().forEach(item -> {
            if (value.isArray()) {
                note(pointer + "/items", item);
            }
        });
    }

    /** Returns everything that an answer can show: statuses of operations, and properties of what they answer. */
    Set<String> described() {
        Set<String> described = new TreeSet<>();
        for (String operation : operations()) {
            String responses = pointer(operation) + "/responses";
            document.at(responses).propertyNames().forEach(status -> {
                described.add(operation + " " + status);
                String content = target(responses + "/" + status) + "/content";
                document.at(content)
                        .propertyNames()
                        .forEach(type -> describe(content + "/" + escape(type) + "/schema", described));
            });
        }
        return described;
    }

    private void describe(String schema, Set<String> described) {
        String pointer = target(schema);
        document.at(pointer).path("properties").propertyNames().forEach(name -> {
            String property = pointer + "/properties/" + escape(name);
            described.add(property);
            describe(property, described);
        });
        if (document.at(pointer).has("items")) {
            describe(pointer + "/items", described);
        }
    }

    Set<String> seen() {
        return seen;
    }

    private static String pointer(String operation) {
        String[] words = operation.split(" ", 2);
        return "/paths/" + escape(words[1]) + "/" + words[0].toLowerCase(Locale.ROOT);
    }

    private static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /** Follows a reference within the document. */
    private String target(String pointer) {
        JsonNode reference = document.at(pointer).path("$ref");
        return reference.isMissingNode() ? pointer : target(reference.asString().substring(1));
    }
}
