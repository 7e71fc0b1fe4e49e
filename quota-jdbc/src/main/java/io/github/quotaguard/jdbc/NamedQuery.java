package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.FileVersion;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A statement of the application's with parameters {@code :account} and {@code :tenant}, and {@code :files} to search or
 * {@code :file} and {@code :version} to delete.
 */
record NamedQuery(String sql, List<String> parameters) {

    private static final String FILES = "files";
    private static final String FILE = "file";
    private static final String VERSION = "version";

    /**
     * What is not a parameter though it has a colon: literals, quoted names, comments and PostgreSQL's casts. A literal with
     * a doubled quote reads as two.
     */
    private static final Pattern PARAMETER = Pattern.compile(
            "'[^']*'|\"[^\"]*\"|`[^`]*`|--[^\\n]*|/\\*.*?\\*/|::|:([A-Za-z_][A-Za-z0-9_]*)", Pattern.DOTALL);

    static NamedQuery of(String sql, boolean isSearch) {
        NamedQuery query = new NamedQuery(
                sql, parametersOf(sql, isSearch ? Set.of("account", "tenant", FILES) : Set.of("account", "tenant")));
        if (isSearch && !query.parameters().contains(FILES)) {
            throw new IllegalArgumentException(
                    "query without :files, which names the files to look for, as in id IN (:files): " + sql);
        }
        if (!query.parameters().contains("account") && !query.parameters().contains("tenant")) {
            throw new IllegalArgumentException("query without :account or :tenant yields the files of all: " + sql);
        }
        return query;
    }

    static NamedQuery ofDeletion(String sql) {
        NamedQuery query = new NamedQuery(sql, parametersOf(sql, Set.of("account", "tenant", FILE, VERSION)));
        if (!query.parameters().contains(FILE)) {
            throw new IllegalArgumentException(
                    "statement without :file, which names the file to delete, as in id = :file: " + sql);
        }
        if (!query.parameters().contains("account") && !query.parameters().contains("tenant")) {
            throw new IllegalArgumentException("statement without :account or :tenant deletes files of others: " + sql);
        }
        return query;
    }

    static NamedQuery withoutParameters(String sql) {
        return new NamedQuery(sql, parametersOf(sql, Set.of()));
    }

    private static List<String> parametersOf(String sql, Set<String> known) {
        Objects.requireNonNull(sql, "sql");
        List<String> parameters = new ArrayList<>();
        Matcher matcher = PARAMETER.matcher(sql);
        while (matcher.find()) {
            String parameter = matcher.group(1);
            if (parameter != null && !known.contains(parameter)) {
                throw new IllegalArgumentException(
                        "query has the parameter :%s, allowed are %s: %s".formatted(parameter, known, sql));
            }
            if (parameter != null) {
                parameters.add(parameter);
            }
        }
        return List.copyOf(parameters);
    }

    /** Prepares the query; the files, the last of them repeated, are a power of two. */
    PreparedStatement prepare(Connection connection, @Nullable AccountId account, List<String> files)
            throws SQLException {
        List<@Nullable Object> filledUp = new ArrayList<>();
        if (!files.isEmpty()) {
            int unused = Statements.addFilledUp(filledUp, files, 1);
        }
        Map<String, List<@Nullable Object>> values = new HashMap<>();
        values.put(FILES, filledUp);
        if (account != null) {
            values.put("account", List.of(account.path()));
            values.put("tenant", List.of(account.tenant()));
        }
        return prepare(connection, values);
    }

    /** Prepares a deletion. */
    PreparedStatement prepare(Connection connection, AccountId account, FileVersion id) throws SQLException {
        return prepare(
                connection,
                Map.of(
                        "account",
                        List.of(account.path()),
                        "tenant",
                        List.of(account.tenant()),
                        FILE,
                        List.of(id.file()),
                        VERSION,
                        List.of(id.version())));
    }

    private PreparedStatement prepare(Connection connection, Map<String, List<@Nullable Object>> values)
            throws SQLException {
        List<@Nullable Object> arguments = new ArrayList<>();
        List<String> names = new ArrayList<>();
        String text = PARAMETER.matcher(sql).replaceAll(found -> {
            String parameter = found.group(1);
            if (parameter == null) {
                return Matcher.quoteReplacement(found.group());
            }
            List<@Nullable Object> named = Objects.requireNonNull(values.get(parameter));
            arguments.addAll(named);
            names.addAll(Collections.nCopies(named.size(), parameter));
            return Statements.placeholders(named.size());
        });
        PreparedStatement statement =
                connection.prepareStatement(text, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
        try {
            boolean isPostgres =
                    connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
            for (int i = 0; i < arguments.size(); i++) {
                // PostgreSQL compares no number with a text, but takes the type of a parameter from where it stands.
                boolean isUntyped = isPostgres && names.get(i).equals(FILES);
                statement.setObject(i + 1, arguments.get(i), isUntyped ? Types.OTHER : Types.VARCHAR);
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }
}
