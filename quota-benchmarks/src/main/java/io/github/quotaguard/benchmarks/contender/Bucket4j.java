package io.github.quotaguard.benchmarks.contender;

import com.zaxxer.hikari.HikariDataSource;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.github.quotaguard.benchmarks.database.Site;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Bucket4j's own store for PostgreSQL, with a bucket and a proxy for each tenant and a token for each byte; of its two
 * strategies that which locks by SELECT … FOR UPDATE. It keeps one number: no category, and no record of which upload
 * took what. To be refilled, as a bucket has to be, is a byte a day.
 */
final class Bucket4j implements Contender {

    private final HikariDataSource pool;
    private final Map<String, BucketProxy> buckets;

    Bucket4j(Site site, int tenants) {
        site.execute(List.of("CREATE TABLE bucket (id VARCHAR(128) PRIMARY KEY, state BYTEA, expires_at BIGINT)"
                + site.database().roomForUpdates()));
        pool = site.pool(CONNECTIONS, true);
        ProxyManager<String> proxies = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(pool)
                .primaryKeyMapper(PrimaryKeyMapper.STRING)
                .table("bucket")
                .build();
        BucketConfiguration configuration = BucketConfiguration.builder()
                .addLimit(limit -> limit.capacity(PLENTY).refillGreedy(1, Duration.ofDays(1)))
                .build();
        buckets = IntStream.rangeClosed(1, tenants)
                .mapToObj(Contender::tenant)
                .collect(Collectors.toMap(
                        Function.identity(), tenant -> proxies.builder().build(tenant, () -> configuration)));
        reserve(Contender.tenant(1), "first", 1);
        if (tenants > 1) {
            site.execute(List.of("INSERT INTO bucket (id, state) SELECT CONCAT('tenant-', n), state FROM bucket, "
                    + site.numbers(2, tenants)));
        }
    }

    @Override
    public void reserve(String tenant, String file, long bytes) {
        if (!Objects.requireNonNull(buckets.get(tenant)).tryConsume(bytes)) {
            throw new IllegalStateException("no room for " + file);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
