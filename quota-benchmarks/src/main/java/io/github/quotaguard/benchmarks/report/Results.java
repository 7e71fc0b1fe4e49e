package io.github.quotaguard.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything that was measured in one run.
 *
 * @param measured in the order of the run
 */
record Results(List<Measured> measured) {

    static Results read(Path json) throws IOException {
        List<Measured> measured = new ArrayList<>();
        for (JsonNode element : new ObjectMapper().readTree(json.toFile())) {
            measured.add(Measured.of(element));
        }
        return new Results(measured);
    }

    /** Returns the values of the one cell that matches all words, if it was measured. */
    Optional<List<double[]>> find(Metric metric, List<String> words) {
        return measured.stream()
                .filter(one -> one.cell().matches(words) && one.values().containsKey(metric))
                .map(one -> one.of(metric))
                .findFirst();
    }

    List<Measured> matching(List<String> words) {
        return measured.stream().filter(one -> one.cell().matches(words)).toList();
    }
}
