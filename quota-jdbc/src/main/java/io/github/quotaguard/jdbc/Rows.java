package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Replacement;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How values stand in columns. */
final class Rows {

    private static final String EVERY_VERSION = "*";
    private static final String ONE_VERSION = "=";

    private Rows() {}

    static String text(@Nullable Category category) {
        return category == null ? "" : category.name();
    }

    static @Nullable Category category(String text) {
        return text.isEmpty() ? null : new Category(text);
    }

    static @Nullable String text(Replacement replacement) {
        return switch (replacement.scope()) {
            case NONE -> null;
            case ONE_VERSION -> ONE_VERSION + replacement.version();
            case EVERY_VERSION -> EVERY_VERSION;
        };
    }

    static Replacement replacement(@Nullable String text) {
        if (text == null) {
            return Replacement.NONE;
        }
        return text.startsWith(ONE_VERSION)
                ? Replacement.ofVersion(text.substring(ONE_VERSION.length()))
                : Replacement.EVERY_VERSION;
    }

    /** Writes pairs as a form is encoded: in plain ASCII, with no character that means anything to a database. */
    static String text(Map<String, String> metadata) {
        return metadata.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(pair -> encode(pair.getKey()) + "=" + encode(pair.getValue()))
                .collect(Collectors.joining("&"));
    }

    static Map<String, String> metadata(String text) {
        Map<String, String> metadata = new HashMap<>();
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf('&', start);
            end = end < 0 ? text.length() : end;
            int equals = text.indexOf('=', start);
            metadata.put(decode(text.substring(start, equals)), decode(text.substring(equals + 1, end)));
            start = end + 1;
        }
        return metadata;
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    static @Nullable Long declared(AllocationSpec spec) {
        return spec.declaredBytes().isPresent() ? spec.declaredBytes().getAsLong() : null;
    }

    static FileVersion id(Row row) throws SQLException {
        return new FileVersion(row.text("tenant"), row.text("file"), row.text("version"));
    }

    private static AllocationSpec spec(Row row) throws SQLException {
        Long declared = row.numberOrNull("declared_bytes");
        return new AllocationSpec(
                id(row),
                AccountId.of(row.text("account")),
                category(row.text("category")),
                declared == null ? OptionalLong.empty() : OptionalLong.of(declared),
                replacement(row.textOrNull("replaces")),
                metadata(row.text("metadata")),
                row.timeOrNull("retain_until"),
                row.textOrNull("forced_reason"),
                row.textOrNull("actor"));
    }

    /** Reads an allocation as its row says, settled. */
    static Allocation allocation(Row row) throws SQLException {
        return new Allocation(
                spec(row),
                AllocationState.valueOf(row.text("state")),
                row.number("generation"),
                row.smallNumber("attempt"),
                row.number("bytes"),
                row.time("born_at"),
                row.time("deadline"),
                row.time("since"));
    }

    /** Reads an allocation as it stands, with the ends that its row does not show yet. */
    static Allocation standing(Row row) throws SQLException {
        Allocation settled = allocation(row);
        String end = row.textOrNull("last_end");
        if (end == null) {
            return settled;
        }
        EntryKind kind = EntryKind.valueOf(end);
        return new Allocation(
                settled.spec(),
                kind.leadsTo(),
                settled.generation(),
                settled.attempt(),
                kind == EntryKind.RELEASE || kind == EntryKind.EXPIRE
                        ? settled.bytes()
                        : Math.abs(row.number("end_bytes")),
                settled.bornAt(),
                settled.deadline(),
                row.time("end_at"));
    }

    /** Reads how a life ended, from its last entry. */
    static Allocation ended(Allocation life, Row end) throws SQLException {
        return new Allocation(
                life.spec(),
                EntryKind.valueOf(end.text("kind")).leadsTo(),
                life.generation(),
                life.attempt(),
                Math.abs(end.number("bytes")),
                life.bornAt(),
                life.deadline(),
                end.time("recorded_at"));
    }

    static Entry entry(Row row) throws SQLException {
        EntryKind kind = EntryKind.valueOf(row.text("kind"));
        long bytes = row.number("bytes");
        int files = row.smallNumber("files");
        boolean isRollUp = kind == EntryKind.ROLLUP;
        return new Entry(
                row.number("seq"),
                kind,
                kind.isOfLife() ? id(row) : null,
                AccountId.of(row.text("account")),
                category(row.text("category")),
                row.number("generation"),
                bytes,
                files,
                isRollUp ? row.number("added_bytes") : Math.max(0, bytes),
                isRollUp ? row.smallNumber("added_files") : Math.max(0, files),
                row.textOrNull("reason"),
                row.textOrNull("actor"),
                metadata(row.text("metadata")),
                row.time("recorded_at"),
                row.time("settled_at"));
    }
}
