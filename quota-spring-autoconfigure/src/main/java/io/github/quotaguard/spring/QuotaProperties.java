package io.github.quotaguard.spring;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.util.unit.DataSize;

/**
 * What can be set under {@code quota}. A size is a number of bytes, or has a unit: {@code 10MB} is 10 × 1,024 × 1,024 =
 * 10,485,760 bytes. A duration is a number of milliseconds, or has a unit: {@code 15m}. What is not allowed stops the
 * start when the bean that needs it is created.
 *
 * @param enabled Whether there are any quota beans.
 * @param reservationTtl How long a reservation lives unless it is renewed, more than 0 up to 7 days.
 * @param limits How much each account may use.
 * @param jdbc How quotas are kept in a database.
 */
@ConfigurationProperties("quota")
public record QuotaProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("15m") Duration reservationTtl,
        @DefaultValue Limits limits,
        @DefaultValue Jdbc jdbc) {

    /**
     * How much each account may use, with everything below it. The limits hold for every account at every level: for
     * {@code acme} and for {@code acme/user-7}. For anything else, such as limits by plan, define a bean of type
     * {@link io.github.quotaguard.QuotaPolicy}; these properties have no effect then. A limit that is not set limits
     * nothing, one of 0 allows nothing.
     *
     * @param bytes Most bytes that all versions of all files may have, 0 or more; unlimited if not set.
     * @param files Most files, 0 or more, of which the versions count once; unlimited if not set.
     * @param bytesPerFile Most bytes that one version of one file may have, 0 or more; unlimited if not set.
     * @param categories Most bytes by category, 0 or more; a category that is not named has no limit of its own. A name
     *     of more than lower-case letters, digits and '-' stands in brackets.
     * @param warningPercent From this share of a limit on a warning is given, 1 to 100.
     * @param criticalPercent From this share of a limit on the warning is critical, from warning-percent to 100.
     */
    public record Limits(
            @Nullable DataSize bytes,
            @Nullable Long files,
            @Nullable DataSize bytesPerFile,
            @DefaultValue Map<String, DataSize> categories,
            @DefaultValue("80") int warningPercent,
            @DefaultValue("90") int criticalPercent) {

        /** Copies the map. */
        public Limits {
            categories = Map.copyOf(categories);
        }
    }

    /**
     * How quotas are kept in the database of the one {@link javax.sql.DataSource} bean, or of the primary one.
     *
     * @param schema Schema of the tables, a letter followed by letters, digits and '_', at most 63 characters; if not
     *     set, that of the connection.
     * @param tablePrefix What the names of tables and indexes begin with, a letter followed by letters, digits and
     *     '_', at most 49 characters.
     * @param lockTimeout How long the library's own transactions wait for a lock, 1 millisecond to 10 minutes.
     * @param sweepInterval How long the library's thread rests between sweeps, 10 milliseconds to 1 day.
     * @param initializeSchema When to create the tables that do not exist at the start. An embedded database is one in
     *     memory, as everywhere in Spring Boot: H2 in a file is not.
     */
    public record Jdbc(
            @Nullable String schema,
            @DefaultValue("quota_") String tablePrefix,
            @DefaultValue("5s") Duration lockTimeout,
            @DefaultValue("10s") Duration sweepInterval,
            @DefaultValue("embedded") DatabaseInitializationMode initializeSchema) {}
}
