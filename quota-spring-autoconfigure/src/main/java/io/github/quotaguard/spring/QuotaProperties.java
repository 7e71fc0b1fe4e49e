package io.github.quotaguard.spring;

import io.github.quotaguard.FailurePolicy;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.util.unit.DataSize;

/**
 * What can be set under {@code quota}. A size is a number of bytes, or has a unit: {@code 10MB} is 10 × 1,024 × 1,024 =
 * 10,485,760 bytes. A duration is a number of milliseconds, or has a unit: {@code 15m}. A cron expression has the six
 * fields of {@link org.springframework.scheduling.support.CronExpression}, seconds first. What is not allowed stops the
 * start when the bean that needs it is created.
 *
 * @param enabled Whether there are any quota beans.
 * @param reservationTtl How long a reservation lives unless it is renewed, more than 0 up to 7 days.
 * @param coalesceReserves Whether uploads of one tenant that arrive together are sent to the store together; by default
 *     whether the store gains from that.
 * @param whenStoreFails Whether uploads fail while the store does (closed), or are admitted uncharged (open).
 * @param limits How much each account may use.
 * @param plans Limits that are kept in the database.
 * @param jdbc How quotas are kept in a database.
 * @param warnings When to tell the beans of type QuotaListener.
 * @param maintenance What has to be done now and then.
 * @param diagnosis When to compare the records with the files.
 * @param cleanup When to delete temporary files past their time.
 */
@ConfigurationProperties("quota")
public record QuotaProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("15m") Duration reservationTtl,
        @Nullable Boolean coalesceReserves,
        @DefaultValue("closed") FailurePolicy whenStoreFails,
        @DefaultValue Limits limits,
        @DefaultValue Plans plans,
        @DefaultValue Jdbc jdbc,
        @DefaultValue Warnings warnings,
        @DefaultValue Maintenance maintenance,
        @DefaultValue Diagnosis diagnosis,
        @DefaultValue Cleanup cleanup) {

    /**
     * How much each account may use, with everything below it. The limits hold for every account at every level: for
     * {@code acme} and for {@code acme/user-7}; with {@link Plans plans}, for tenants that have none. For anything else
     * define a bean of type {@link io.github.quotaguard.QuotaPolicy}; these properties have no effect then. A limit that
     * is not set limits nothing, one of 0 allows nothing.
     *
     * @param bytes Most bytes that all versions of all files may have, 0 or more; unlimited if not set.
     * @param softBytes Bytes that may be exceeded for a while, 0 or more; if not set there is no such limit.
     * @param softGrace For how long, more than 0 up to 3,650 days.
     * @param files Most files, 0 or more, of which the versions count once; unlimited if not set.
     * @param bytesPerFile Most bytes that one version of one file may have, 0 or more; unlimited if not set.
     * @param categories Most bytes by category, 0 or more; a category that is not named has no limit of its own. A name
     *     of more than lower-case letters, digits and '-' stands in brackets.
     * @param warningPercent From this share of a limit on a warning is given, 1 to 100.
     * @param criticalPercent From this share of a limit on the warning is critical, from warning-percent to 100.
     */
    public record Limits(
            @Nullable DataSize bytes,
            @Nullable DataSize softBytes,
            @DefaultValue("7d") Duration softGrace,
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
     * Limits that are kept in the database, and changed through a bean of type
     * {@link io.github.quotaguard.jdbc.QuotaPlans}.
     *
     * @param enabled Whether limits come from the plans in the database.
     * @param defaultPlan Plan of tenants that were assigned none; if not set, quota.limits hold for them.
     * @param defaultPlanOfSubAccounts Plan of accounts below a tenant that were assigned none; if not set, only their
     *     tenant's limits bound them.
     * @param cache Answers of the database that are used for a while; with Caffeine on the class path.
     */
    public record Plans(
            @DefaultValue("false") boolean enabled,
            @Nullable String defaultPlan,
            @Nullable String defaultPlanOfSubAccounts,
            @DefaultValue Cache cache) {

        /**
         * Answers of the database that are used for a while, on each node. Before an upload is refused, the database is
         * asked all the same.
         *
         * @param enabled Whether answers are used again.
         * @param timeToLive For how long, 1 millisecond to 365 days: so late may a plan that was lowered take effect.
         */
        public record Cache(
                @DefaultValue("true") boolean enabled,
                @DefaultValue("1m") Duration timeToLive) {}
    }

    /**
     * How quotas are kept in the database of the {@link QuotaDataSource}, of the one {@link javax.sql.DataSource} bean, or
     * of the primary one.
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

    /**
     * When to tell the beans of type {@link io.github.quotaguard.QuotaListener}; without one, nobody looks.
     *
     * @param delay How long after a change on this node its account is looked at, 1 millisecond to 1 day.
     * @param interval How often to look for what other nodes have left behind, 1 millisecond to 1 day.
     */
    public record Warnings(
            @DefaultValue("1s") Duration delay,
            @DefaultValue("10s") Duration interval) {}

    /**
     * What has to be done now and then, on the application's TaskScheduler: expire, settle, forget and roll up. The nodes
     * share the work.
     *
     * @param enabled Whether it is done in this application.
     * @param interval How long to rest in between, 1 second to 1 day.
     * @param rollUpAfter Age from which on entries of the ledger are folded to one for each hour, 9 to 36,500 days; if not
     *     set, every entry is kept.
     */
    public record Maintenance(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("1m") Duration interval,
            @Nullable Duration rollUpAfter) {}

    /**
     * When to compare the records of all accounts with the files, on the application's TaskScheduler. Takes a bean of type
     * {@link io.github.quotaguard.reconcile.FileInventory}. Nodes that begin at the same time share the accounts.
     *
     * @param cron When, as a cron expression; if not set or '-', never.
     * @param zone By whose clock; that of the machine if not set.
     * @param repair Whether to repair what has drifted. An inventory that is empty, or lacks much, is reported only.
     * @param accountsPerSecond How many tenants are begun with in a second, more than 0; not bounded if not set.
     */
    public record Diagnosis(
            @Nullable String cron,
            @Nullable ZoneId zone,
            @DefaultValue("false") boolean repair,
            @Nullable Double accountsPerSecond) {}

    /**
     * When to delete temporary files past their time, on the application's TaskScheduler. Takes a bean of type
     * {@link io.github.quotaguard.cleanup.FileDeleter}. Nodes that begin at the same time share the files.
     *
     * @param cron When, as a cron expression; if not set or '-', never.
     * @param zone By whose clock; that of the machine if not set.
     * @param batchSize How many files are claimed, deleted and freed at a time, 1 to 1,000.
     * @param maxFiles After how many files to stop until the next time, 1 to 1,000,000.
     * @param concurrency How many files are deleted at once, 1 to 64.
     */
    public record Cleanup(
            @Nullable String cron,
            @Nullable ZoneId zone,
            @DefaultValue("100") int batchSize,
            @DefaultValue("10000") int maxFiles,
            @DefaultValue("1") int concurrency) {}
}
