package io.github.quotaguard.jdbc;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The names of the tables: validated once, so that they can stand in SQL as they are. */
record TableNames(@Nullable String schema, String prefix) {

    static final String DEFAULT_PREFIX = "quota_";

    /** What every supported database takes as an identifier, in bytes. */
    private static final int MAX_IDENTIFIER = 63;

    private static final List<String> SUFFIXES = List.of(
            "allocation",
            "ledger",
            "plan",
            "limit",
            "audit",
            "level",
            "warning",
            "evaluation",
            "repair",
            "cleanup",
            "usage");

    private static final String LONGEST_SUFFIX = "allocation_due";
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");
    private static final Pattern DEFAULT_NAME = Pattern.compile("\\b(INDEX IF NOT EXISTS )?quota_([a-z_]+)\\b");

    TableNames {
        requirePrefix(prefix);
        if (schema != null) {
            requireSchema(schema);
        }
    }

    static String requirePrefix(String prefix) {
        require("table prefix", prefix, MAX_IDENTIFIER - LONGEST_SUFFIX.length());
        return prefix;
    }

    static String requireSchema(String schema) {
        require("schema", schema, MAX_IDENTIFIER);
        return schema;
    }

    private static void require(String what, String name, int longest) {
        if (name.length() > longest || !IDENTIFIER.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "%s has to be a letter followed by letters, digits and '_', at most %s characters; it has %s"
                            .formatted(what, longest, name.length()));
        }
    }

    String usage() {
        return qualified("usage");
    }

    String allocation() {
        return qualified("allocation");
    }

    String ledger() {
        return qualified("ledger");
    }

    String level() {
        return qualified("level");
    }

    String warning() {
        return qualified("warning");
    }

    String evaluation() {
        return qualified("evaluation");
    }

    String repair() {
        return qualified("repair");
    }

    String cleanup() {
        return qualified("cleanup");
    }

    String plan() {
        return qualified("plan");
    }

    String limit() {
        return qualified("limit");
    }

    String audit() {
        return qualified("audit");
    }

    /** Returns the names of all tables. */
    List<String> all() {
        return SUFFIXES.stream().map(this::qualified).toList();
    }

    /** Returns the names as a list of literals, without the schema. */
    String quoted() {
        return SUFFIXES.stream().map(suffix -> "'" + prefix + suffix + "'").collect(Collectors.joining(", "));
    }

    /** Puts these names into a script that is written with the default ones. */
    String applyTo(String script) {
        return DEFAULT_NAME
                .matcher(script)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1) == null ? qualified(found.group(2)) : found.group(1) + prefix + found.group(2)));
    }

    private String qualified(String suffix) {
        return (schema == null ? "" : schema + ".") + prefix + suffix;
    }
}
