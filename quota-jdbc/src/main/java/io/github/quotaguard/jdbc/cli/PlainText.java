package io.github.quotaguard.jdbc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** Writes a {@link Document} for people: aligned, and where that is too wide, one below the other. */
final class PlainText {

    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";
    private static final String GAP = "  ";

    private final OptionalInt width;
    private final boolean isColoured;
    private final List<String> lines = new ArrayList<>();

    private PlainText(OptionalInt width, boolean isColoured) {
        this.width = width;
        this.isColoured = isColoured;
    }

    /** Returns the lines of a document. */
    static List<String> of(Document document, OptionalInt width, boolean isColoured) {
        PlainText page = new PlainText(width, isColoured);
        page.write(document);
        return page.lines;
    }

    private void write(Document document) {
        if (!document.headline().isEmpty()) {
            String colour = document.isGood() ? GREEN : YELLOW;
            for (String line : wrapped("", document.headline())) {
                lines.add(isColoured ? colour + line + PLAIN : line);
            }
            lines.add("");
        }
        List<List<String>> fields = new ArrayList<>();
        document.fields().forEach((name, value) -> {
            if (!(value instanceof List<?>)) {
                fields.add(List.of(label(name), text(value)));
            }
        });
        table(fields, new boolean[] {false, false});
        document.fields().forEach((name, value) -> {
            if (value instanceof List<?> list && !list.isEmpty()) {
                separate();
                lines.add(label(name) + ":");
                rows(Document.listOf(value));
            }
        });
    }

    private void separate() {
        if (!lines.isEmpty() && !lines.get(lines.size() - 1).isEmpty()) {
            lines.add("");
        }
    }

    private void rows(List<Document> documents) {
        List<String> names = List.copyOf(documents.get(0).fields().keySet());
        boolean[] isNumber = new boolean[names.size()];
        List<List<String>> rows = new ArrayList<>();
        rows.add(names.stream().map(PlainText::label).toList());
        for (Document document : documents) {
            List<String> row = new ArrayList<>();
            for (Map.Entry<String, Object> field : document.fields().entrySet()) {
                isNumber[row.size()] |= field.getValue() instanceof Number || field.getValue() instanceof ByteSize;
                row.add(text(field.getValue()));
            }
            rows.add(row);
        }
        if (!fits(rows)) {
            documents.forEach(document -> {
                separate();
                document.fields().forEach((name, value) -> lines.addAll(wrapped(label(name) + ": ", text(value))));
            });
            return;
        }
        table(rows, isNumber);
    }

    private boolean fits(List<List<String>> rows) {
        int total = 0;
        for (int size : widths(rows)) {
            total += size + GAP.length();
        }
        return width.isEmpty() || total - GAP.length() <= width.getAsInt();
    }

    private void table(List<List<String>> rows, boolean[] isRight) {
        if (!fits(rows)) {
            rows.forEach(row -> lines.addAll(wrapped(row.get(0) + ": ", row.get(1))));
            return;
        }
        int[] widths = widths(rows);
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String padding = " ".repeat(widths[i] - length(row.get(i)));
                line.append(i == 0 ? "" : GAP).append(isRight[i] ? padding + row.get(i) : row.get(i) + padding);
            }
            lines.add(line.toString().stripTrailing());
        }
    }

    private static int[] widths(List<List<String>> rows) {
        int[] widths = new int[rows.isEmpty() ? 0 : rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        return widths;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Breaks a line where there is a space, or else where it has to be. */
    private List<String> wrapped(String label, String text) {
        String rest = label + text;
        List<String> parts = new ArrayList<>();
        int most = Math.max(width.orElse(Integer.MAX_VALUE), 10);
        while (length(rest) > most) {
            int end = rest.offsetByCodePoints(0, most);
            int space = rest.lastIndexOf(' ', end);
            boolean isAtSpace = space > GAP.length();
            parts.add(rest.substring(0, isAtSpace ? space : end).stripTrailing());
            rest = GAP + rest.substring(isAtSpace ? space + 1 : end);
        }
        parts.add(rest);
        return parts;
    }

    /** Returns {@code bytes per file} for {@code bytesPerFile}. */
    private static String label(String name) {
        return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }

    private static String text(Object value) {
        if (value instanceof Document.Absent absent) {
            return absent == Document.Absent.UNLIMITED ? "unlimited" : "-";
        }
        if (value instanceof Boolean truth) {
            return truth ? "yes" : "no";
        }
        return value.toString();
    }
}
