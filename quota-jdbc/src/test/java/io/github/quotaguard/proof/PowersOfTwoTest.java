package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Row 15, alone: after every call the bits of what is used are the files that are stored. */
@Tag("proof")
class PowersOfTwoTest {

    private static final int FILES = 5;

    @OnEachServer
    void shouldShowEveryFileAsItsBit(TestDatabase database) throws Exception {
        Proof proof = new Proof("15", database, 0);
        List<String> violations = play(database, "", proof);
        proof.violations.add(violations.size());
        proof.write();
        assertThat(violations).isEmpty();
    }

    @Test
    void shouldSeeABitThatShouldNotBeThere() throws Exception {
        Proof proof = new Proof("15", TestDatabase.H2, 0);
        assertThat(play(TestDatabase.H2, "UPDATE quota_usage SET used_bytes = used_bytes + 1", proof))
                .isNotEmpty();
    }

    private static List<String> play(TestDatabase database, String fault, Proof proof) throws Exception {
        List<String> violations = new ArrayList<>();
        try (HikariDataSource pool = database.pool(5)) {
            TestDatabase.execute(pool, FaultyClient.FILES);
            try (FaultyClient client = FaultyClient.on(pool, builder -> builder)) {
                for (FaultyCall call : FaultyCall.values()) {
                    PowersOfTwo powers = new PowersOfTwo(call, client);
                    for (int i = 0; i < FILES; i++) {
                        PowersOfTwo.File file = powers.next();
                        call.prepare(client, file);
                        call.run(client, file, () -> {});
                        if (!fault.isEmpty()) {
                            TestDatabase.execute(pool, fault);
                        }
                        proof.operations.increment();
                        proof.admitted.increment();
                        violations.addAll(powers.violationsAfter(file));
                    }
                }
            }
        }
        return violations;
    }
}
