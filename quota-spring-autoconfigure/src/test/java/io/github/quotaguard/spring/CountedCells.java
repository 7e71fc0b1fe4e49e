package io.github.quotaguard.spring;

import io.github.quotaguard.spring.SpringStage.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Row 13: counts the cells of callers' transactions that were run on each database, and those in which something did not
 * hold, and appends them to {@code target/proof.csv}.
 */
final class CountedCells implements AfterTestExecutionCallback, AfterAllCallback {

    private static final Path FILE = Path.of("target", "proof.csv");
    private static final String HEADER = "row,database,operations,admitted,refused,busy,unknown,violations,seed\n";

    private final String name;
    private final Map<Database, Integer> cells = new EnumMap<>(Database.class);
    private final Map<Database, Integer> violations = new EnumMap<>(Database.class);

    CountedCells(String name) {
        this.name = name;
    }

    /** A test class that runs on the databases one after the other. */
    interface OnDatabase {
        Database database();
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Database database = ((OnDatabase) context.getRequiredTestInstance()).database();
        cells.merge(database, 1, Integer::sum);
        violations.merge(database, context.getExecutionException().isPresent() ? 1 : 0, Integer::sum);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        StringBuilder lines = new StringBuilder(Files.exists(FILE) ? "" : HEADER);
        cells.forEach((database, count) -> lines.append(
                "13-%s,%s,%s,0,0,0,0,%s,0\n".formatted(name, database, count, violations.getOrDefault(database, 0))));
        cells.clear();
        violations.clear();
        Files.createDirectories(FILE.getParent());
        Files.writeString(FILE, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
