package io.github.quotaguard.jdbc;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An update of many rows, each found by its primary key: one statement for each row, or one for all of them. */
final class KeyedUpdate {

    private final String table;
    private final List<Column> set;
    private final List<Column> key;
    private final List<Column> others;

    /** A column, and what is said of it: the type of its values, or one value. */
    private record Column(String name, String word) {

        static List<Column> list(String text) {
            return Arrays.stream(text.split(", "))
                    .map(column -> column.split(" "))
                    .map(column -> new Column(column[0], column[1]))
                    .toList();
        }
    }

    private KeyedUpdate(String table, List<Column> set, List<Column> key, List<Column> others) {
        this.table = table;
        this.set = set;
        this.key = key;
        this.others = others;
    }

    /**
     * Describes an update; columns are separated by commas.
     *
     * @param set the columns that change, each with PostgreSQL's type; their values come first among the arguments
     * @param key the columns of the primary key, likewise; their values follow
     * @param others every other column that may not be null, each with a value that it may have
     */
    static KeyedUpdate of(String table, String set, String key, String others) {
        return new KeyedUpdate(table, Column.list(set), Column.list(key), Column.list(others));
    }

    /** Returns the statement for one row. */
    String ofOne() {
        return "UPDATE %s SET %s WHERE %s".formatted(table, each(set, "%s = ?", ", "), each(key, "%s = ?", " AND "));
    }

    /**
     * Returns PostgreSQL's statement for all rows, whose arguments are arrays, one for each column. It inserts rows that
     * are there already, since that looks each of them up in the primary key, whatever the planner believes. An UPDATE
     * joined with the arrays, planned while the table was small, would read all of it until it is planned anew. It
     * yields how many were not there ({@code xmax} of a row that was is that of the update): more than none has to be
     * rolled back.
     */
    String ofAll() {
        List<Column> given = columns();
        String names = each(given, "%s", ", ");
        return """
                WITH changed AS (
                    INSERT INTO %s AS t (%s, %s) SELECT %s, %s FROM unnest(%s) AS r(%s)
                    ON CONFLICT (%s) DO UPDATE SET %s RETURNING t.xmax AS former
                )
                SELECT count(*) AS vanished FROM changed WHERE former = 0
                """.formatted(
                table,
                names,
                each(others, "%s", ", "),
                names,
                others.stream().map(Column::word).collect(Collectors.joining(", ")),
                given.stream().map(column -> "?::%s[]".formatted(column.word())).collect(Collectors.joining(", ")),
                names,
                each(key, "%s", ", "),
                each(set, "%1$s = EXCLUDED.%1$s", ", "));
    }

    /** Returns the types of the columns in the order of the arguments. */
    List<String> types() {
        return columns().stream().map(Column::word).toList();
    }

    private List<Column> columns() {
        return Stream.concat(set.stream(), key.stream()).toList();
    }

    private static String each(List<Column> columns, String format, String separator) {
        return columns.stream().map(column -> format.formatted(column.name())).collect(Collectors.joining(separator));
    }
}
