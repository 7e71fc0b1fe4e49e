package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How often a driver waits for its server, whatever it makes of a JDBC batch: about as often for many reserves as for
 * two. MariaDB answers the first statements of a batch while the last are still on their way, which may count as waiting.
 */
class BatchesOnTheWireTest {

    private static final Pattern PORT = Pattern.compile("localhost:(\\d+)");

    private int files;

    @ParameterizedTest
    @CsvSource({"POSTGRESQL, false, 1", "POSTGRESQL, true, 8", "MARIADB, false, 16"})
    void shouldReserveManyInAFewRoundTrips(TestDatabase database, boolean several, int most) throws Exception {
        HikariConfig config = database.connect();
        Matcher port = PORT.matcher(config.getJdbcUrl());
        assertThat(port.find()).isTrue();
        try (FaultyProxy proxy = new FaultyProxy(Integer.parseInt(port.group(1)))) {
            config.setJdbcUrl(port.replaceFirst("localhost:" + proxy.port()));
            try (HikariDataSource pool = TestDatabase.pool(config, 1)) {
                JdbcUsageStore.Builder builder =
                        JdbcUsageStore.builder(pool).createSchemaIfMissing().sweepInterval(Duration.ofDays(1));
                try (JdbcUsageStore store = (several ? builder.reserveInSeveralStatements() : builder).build()) {
                    for (int i = 0; i < 10; i++) {
                        turns(proxy, store, 2); // until the drivers have prepared what they prepare
                    }
                    int few = turns(proxy, store, 2);
                    int many = turns(proxy, store, 128);
                    Proof.say("%s: %d round trips for 2 reserves, %d for 128", database, few, many);
                    assertThat(many).isLessThanOrEqualTo(most);
                }
            }
        }
    }

    private int turns(FaultyProxy proxy, JdbcUsageStore store, int size) {
        AccountId account = AccountId.of("acme");
        List<ReserveCommand> batch = IntStream.range(0, size)
                .mapToObj(i -> new ReserveCommand(
                        new AllocationSpec(
                                new FileVersion("acme", "f" + ++files, FileVersion.NO_VERSION),
                                account,
                                null,
                                OptionalLong.of(1),
                                Replacement.NONE,
                                Map.of(),
                                null,
                                null,
                                null),
                        Duration.ofMinutes(1),
                        List.of(CounterLimit.unlimited(account, null))))
                .toList();
        int before = proxy.latest() == null ? 0 : proxy.latest().turns();
        assertThat(store.reserveAll(batch)).hasSize(size).allMatch(ReserveResult.Granted.class::isInstance);
        return proxy.latest().turns() - before;
    }
}
