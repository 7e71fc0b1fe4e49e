package io.github.quotaguard.startup;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Measures what the library adds to the start of an application: {@link PlainApplication} in fresh processes, in turn
 * with the library on the class path and without. Prints both medians and their ratio.
 */
final class StartupTime {

    private static final Pattern LIBRARY =
            Pattern.compile(".*quota-(core|jdbc|spring-autoconfigure).(target.)?(classes|quota).*");

    private StartupTime() {}

    /** What an application does with its database at the start anyway. */
    private enum Database {
        OPENED("always"),
        NOT_OPENED("never");

        private final String initialization;

        Database(String initialization) {
            this.initialization = initialization;
        }
    }

    /**
     * Runs the processes.
     *
     * @param arguments how many of each; 15 if not given
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int processes = arguments.length == 0 ? 15 : Integer.parseInt(arguments[0]);
        String all = System.getProperty("java.class.path");
        String without = Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> !LIBRARY.matcher(entry).matches())
                .collect(Collectors.joining(File.pathSeparator));
        for (Database database : Database.values()) {
            compare(processes, all, without, database);
        }
    }

    private static void compare(int processes, String all, String without, Database database)
            throws IOException, InterruptedException {
        List<Double> plain = new ArrayList<>();
        List<Double> guarded = new ArrayList<>();
        start(all, database);
        for (int i = 0; i < processes; i++) {
            plain.add(start(without, database));
            guarded.add(start(all, database));
        }
        System.out.printf(
                Locale.ROOT,
                "start of %d processes each, database %s, median: %.0f ms without the library, %.0f ms with it, ratio %.3f%n",
                processes,
                database,
                median(plain),
                median(guarded),
                median(guarded) / median(plain));
    }

    private static double median(List<Double> times) {
        Collections.sort(times);
        return times.get(times.size() / 2);
    }

    private static double start(String classPath, Database database) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        PlainApplication.class.getName(),
                        "--server.port=0",
                        "--spring.datasource.url=jdbc:h2:mem:startup",
                        "--spring.flyway.enabled=false",
                        "--spring.liquibase.enabled=false",
                        "--spring.sql.init.schema-locations=classpath:create-billing.sql",
                        "--spring.sql.init.mode=" + database.initialization)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("the application failed:\n" + output);
        }
        return output.lines()
                .filter(line -> line.startsWith(PlainApplication.STARTED))
                .mapToDouble(line -> Double.parseDouble(line.substring(PlainApplication.STARTED.length())))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("it did not say how long it took:\n" + output));
    }
}
