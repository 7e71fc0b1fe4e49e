package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.awaitility.Awaitility;

/** Checks that no connection is lost: a thread of a store may have one for a moment, a leak has it for ever. */
public final class PoolCheck {

    private PoolCheck() {}

    public static void requireNothingLeaked(HikariDataSource pool) {
        requireNothingLeaked(pool, Duration.ofSeconds(10));
    }

    static void requireNothingLeaked(HikariDataSource pool, Duration patience) {
        Awaitility.await("connections leaked")
                .atMost(patience)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(pool.getHikariPoolMXBean().getActiveConnections())
                        .isZero());
    }
}
