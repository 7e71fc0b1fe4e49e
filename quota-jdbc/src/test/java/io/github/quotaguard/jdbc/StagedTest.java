package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.proof.PoolCheck;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import java.sql.Connection;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.provider.Arguments;

/** Tests that share one store per database, each with accounts of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StagedTest {

    private final Map<TestDatabase, Stage> stages = new EnumMap<>(TestDatabase.class);

    Stage on(TestDatabase database) {
        return stages.computeIfAbsent(database, Stage::on);
    }

    /** Every database at every isolation level that a caller may use. */
    static Stream<Arguments> isolationLevels() {
        return Stream.of(TestDatabase.values())
                .flatMap(database -> Stream.of(
                                Connection.TRANSACTION_READ_COMMITTED,
                                Connection.TRANSACTION_REPEATABLE_READ,
                                Connection.TRANSACTION_SERIALIZABLE)
                        .map(isolation -> Arguments.of(database, isolation)));
    }

    @AfterAll
    void close() throws Exception {
        for (Stage stage : stages.values()) {
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
            stage.sweep();
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
            PoolCheck.requireNothingLeaked(stage.pool);
            stage.close();
        }
    }
}
