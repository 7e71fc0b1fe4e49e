package io.github.quotaguard.benchmarks.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.quotaguard.benchmarks.contender.Contender;
import io.github.quotaguard.benchmarks.contender.Uploader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/** On what, when and how a run was made: sections of names and values. */
final class Environment {

    private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();

    Environment(String command, Plan plan, Map<String, Map<String, String>> databases) throws IOException {
        Map<String, String> run = new LinkedHashMap<>();
        run.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        run.put("command", command);
        run.put("rounds", plan.rounds() + ", in which the contenders of a setting take turns, each in a fresh JVM");
        run.put("connections", Contender.CONNECTIONS + " for each contender of JdbcReserve and CostOfGrowth");
        run.put(
                "connections of UploadLifecycle",
                "%d for the application's transactions; Quotaguard's store has %d of its own"
                        .formatted(Uploader.CONNECTIONS, Contender.CONNECTIONS));
        sections.put("Run", run);
        sections.put("Machine", machine());
        sections.put("Versions", versions());
        sections.putAll(databases);
    }

    private static Map<String, String> machine() throws IOException {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put("model", processor());
        machine.put("memory", memory());
        machine.put(
                "operating system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        machine.put(
                "JVM",
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version") + ", "
                        + System.getProperty("java.vendor"));
        return machine;
    }

    private static String processor() throws IOException {
        Path cpus = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(cpus)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(cpus)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }

    private static String memory() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return String.format(Locale.ROOT, "%.1f GiB", system.getTotalMemorySize() / (double) (1L << 30));
    }

    /** As Maven has resolved them. */
    private static Map<String, String> versions() throws IOException {
        Properties versions = new Properties();
        try (InputStream in = Environment.class.getResourceAsStream("versions.properties")) {
            versions.load(in);
        }
        Map<String, String> sorted = new TreeMap<>();
        versions.forEach((name, version) -> sorted.put(name.toString(), version.toString()));
        return sorted;
    }

    void write(Path file) throws IOException {
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), sections);
    }
}
