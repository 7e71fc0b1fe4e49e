package io.github.quotaguard.jdbc.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a command answers: fields, and lists of the like. Is written as JSON here, and for people by {@link PlainText}. */
final class Document {

    /** What is not there, as people read it; null in JSON. */
    enum Absent {
        UNLIMITED,
        NONE
    }

    private final Map<String, Object> fields = new LinkedHashMap<>();
    private String headline = "";
    private boolean isGood = true;

    /** Sets what people read first, which only repeats fields. */
    Document headline(boolean isGood, String headline) {
        this.isGood = isGood;
        this.headline = headline;
        return this;
    }

    /** Adds a field: a text, number, truth, size, or list of documents. */
    Document put(String name, Object value) {
        fields.put(name, value);
        return this;
    }

    Document put(String name, @Nullable Object value, Absent otherwise) {
        return put(name, value == null ? otherwise : value);
    }

    Document putBytes(String name, long bytes) {
        return put(name, new ByteSize(bytes));
    }

    Document putBytes(String name, OptionalLong bytes, Absent otherwise) {
        return put(name, bytes.isPresent() ? new ByteSize(bytes.getAsLong()) : otherwise);
    }

    Document put(String name, Optional<?> value) {
        return put(name, value.isPresent() ? value.get() : Absent.NONE);
    }

    String headline() {
        return headline;
    }

    boolean isGood() {
        return isGood;
    }

    Map<String, Object> fields() {
        return fields;
    }

    /** Returns the documents of a list. */
    static List<Document> listOf(Object value) {
        List<Document> documents = new ArrayList<>();
        for (Object each : (List<?>) value) {
            documents.add((Document) each);
        }
        return documents;
    }

    String json() {
        try {
            return JSON.std
                    .with(JSON.Feature.PRETTY_PRINT_OUTPUT, JSON.Feature.WRITE_NULL_PROPERTIES)
                    .asString(map());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, @Nullable Object> map() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        fields.forEach((name, value) -> map.put(name, plain(value)));
        return map;
    }

    private static @Nullable Object plain(Object value) {
        if (value instanceof Absent) {
            return null;
        }
        if (value instanceof ByteSize size) {
            return size.bytes();
        }
        if (value instanceof Document document) {
            return document.map();
        }
        if (value instanceof List<?>) {
            return listOf(value).stream().map(Document::map).toList();
        }
        return value instanceof Number || value instanceof Boolean ? value : value.toString();
    }
}
