package io.github.quotaguard.quickstart;

import io.github.quotaguard.ByteCount;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaWarning;
import io.github.quotaguard.StorageQuota;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.OptionalLong;

/** What the program prints: plain text for a terminal of 80 columns. */
final class Report {

    static final int WIDTH = 80;

    private static final int INDENT = 10;

    private final PrintWriter out;

    Report(PrintWriter out) {
        this.out = out;
    }

    void title(String title) {
        out.println();
        out.println(title);
        out.println("-".repeat(title.length()));
    }

    void line(String line) {
        out.println(line);
    }

    /** Prints what became of a file. */
    void file(String verdict, IncomingFile file) {
        String start = "%-9s %-26s ".formatted(verdict, amount(file.bytes()));
        int room = WIDTH - start.length();
        String name = file.file();
        out.println(start + (name.length() <= room ? name : "..." + name.substring(name.length() - room + 3)));
    }

    /** Prints why a file was refused. */
    void refusal(QuotaExceededException e) {
        sentence(
                "",
                "%s more asked for, %s available: %s has used %s of %s"
                        .formatted(
                                amount(e.requested()),
                                amount(e.available()),
                                e.account(),
                                amount(e.used()),
                                amount(e.limit())));
    }

    void warning(QuotaWarning warning) {
        sentence(warning.severity().name(), warning.message());
    }

    /** Prints a sentence after a label, on as many lines as it takes. */
    private void sentence(String label, String sentence) {
        StringBuilder line = new StringBuilder("%-10s".formatted(label));
        for (String word : sentence.split(" ", -1)) {
            if (line.length() > INDENT && line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line.setLength(0);
                line.append(" ".repeat(INDENT));
            }
            line.append(line.length() > INDENT ? " " : "").append(word);
        }
        out.println(line);
    }

    void quota(StorageQuota quota) {
        out.println("quota of " + quota.organizationId());
        item("total", amount(quota.totalQuota()));
        item(
                "used",
                amount(quota.usedQuota())
                        + quota.usagePercentage()
                                .map(share -> ", " + share + "%")
                                .orElse(""));
        item("reserved", amount(quota.reservedQuota()));
        item("available", amount(quota.availableQuota()));
        item("files", Long.toString(quota.fileCount()));
        quota.usageByCategory().entrySet().stream()
                .sorted(Comparator.comparing(usage -> usage.getKey().name()))
                .forEach(usage -> item("  " + usage.getKey(), amount(usage.getValue())));
    }

    private void item(String name, String value) {
        out.println("  %-16s %s".formatted(name, value));
    }

    /** Writes a byte count for programs and for people. */
    static String amount(long bytes) {
        if (bytes < 1024) {
            return bytes + (bytes == 1 ? " byte" : " bytes");
        }
        return "%d bytes (%s)".formatted(bytes, ByteCount.format(bytes));
    }

    private static String amount(OptionalLong bytes) {
        return bytes.isPresent() ? amount(bytes.getAsLong()) : "unlimited";
    }
}
