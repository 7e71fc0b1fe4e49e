package io.github.quotaguard.benchmarks.report;

import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What has one figure in the end.
 *
 * @param benchmark class and method, such as {@code JdbcReserve.reserve}
 * @param params the benchmark's parameters
 * @param threads how many threads run it
 */
public record Cell(String benchmark, SortedMap<String, String> params, int threads) {

    private static final String METHOD = "method";
    private static final String THREADS = "threads";

    /**
     * Describes a benchmark without parameters.
     *
     * @param benchmark class and method
     * @param threads how many threads run it
     * @return the cell
     */
    public static Cell of(String benchmark, int threads) {
        return new Cell(benchmark, new TreeMap<>(), threads);
    }

    /**
     * Adds a parameter.
     *
     * @param param its name
     * @param value its value
     * @return another cell
     */
    public Cell with(String param, Object value) {
        SortedMap<String, String> more = new TreeMap<>(params);
        more.put(param, value.toString());
        return new Cell(benchmark, more, threads);
    }

    /**
     * Says whether each word is the benchmark, its class, or a parameter such as {@code threads=128} or {@code
     * depth!=1}.
     *
     * @param words any number
     * @return whether all are
     */
    public boolean matches(Collection<String> words) {
        return words.stream().allMatch(this::matches);
    }

    private boolean matches(String word) {
        int equals = word.indexOf('=');
        if (equals < 0) {
            return benchmark.equals(word) || benchmark.startsWith(word + ".");
        }
        boolean other = word.startsWith("!=", equals - 1);
        String name = word.substring(0, other ? equals - 1 : equals);
        return value(name).equals(word.substring(equals + 1)) != other;
    }

    /** Returns what distinguishes the cell within its class: the parameters, {@code method} and {@code threads}. */
    Map<String, String> all() {
        Map<String, String> all = new TreeMap<>(params);
        all.put(METHOD, benchmark.substring(benchmark.indexOf('.') + 1));
        all.put(THREADS, Integer.toString(threads));
        return all;
    }

    /** Returns one of these; nothing if the cell has no such parameter. */
    String value(String name) {
        return all().getOrDefault(name, "");
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(benchmark);
        params.forEach(
                (name, value) -> text.append(' ').append(name).append('=').append(value));
        return text.append(" threads=").append(threads).toString();
    }
}
