package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.spring.QuotaAutoConfiguration;
import io.github.quotaguard.store.UsageStore;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * Configures health, metrics, observations and the actuator endpoint of quotas, each where Spring Boot's module for it is
 * there. No account is named in any of them, but where {@code quota.observations.account} allows it, and in the endpoint's
 * answer about the account that was asked for.
 *
 * <p><b>Health</b> {@code quota}: {@link HealthProperties}.
 *
 * <p><b>Observations</b>, with an {@code ObservationRegistry}; with a {@code MeterRegistry} Spring Boot makes a timer of
 * each, in seconds. All have the key {@code outcome}, which is {@code error} where an exception was thrown.
 *
 * <table>
 * <caption>Observations</caption>
 * <tr><th>Name</th><th>What</th><th>Outcomes</th></tr>
 * <tr><td>{@code quota.reserve}</td><td>a reserve as its caller feels it, with the policy, and with what it waited for
 *     others of its tenant</td><td>{@code granted}, {@code already_stored}, {@code refused}, {@code conflict},
 *     {@code busy}, {@code uncharged}: let through by a guard that is open while the store failed</td></tr>
 * <tr><td>{@code quota.extend}</td><td>an extension or renewal. A guarded stream asks for more than it needs at first, so
 *     that a refused one need not refuse the upload</td><td>{@code extended}, {@code refused}, {@code ended},
 *     {@code unknown}, {@code busy}</td></tr>
 * <tr><td>{@code quota.commit}</td><td>a commit. In a transaction of the caller's it has written its entry, and may yet
 *     be rolled back: {@code committed} counts calls, not files that are stored</td><td>{@code committed},
 *     {@code conflict}, {@code ended}, {@code not_covered}: an extension and another commit follow,
 *     {@code unknown}</td></tr>
 * <tr><td>{@code quota.release}</td><td>a release, also by close</td><td>{@code released}, {@code no_effect},
 *     {@code committed}</td></tr>
 * <tr><td>{@code quota.delete}</td><td>a delete, which may be rolled back like a commit</td><td>{@code deleted},
 *     {@code nothing}</td></tr>
 * </table>
 *
 * <p><b>Meters</b>, with a {@code MeterRegistry}. What is read from the store is at most a few seconds old, and absent
 * (NaN) where the store can not tell or has not answered for a minute.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>Name</th><th>Type, unit</th><th>What</th></tr>
 * <tr><td>{@code quota.reserve.bytes}</td><td>summary, bytes</td><td>declared sizes, by {@code outcome} of the reserve;
 *     of uploads of unknown size nothing</td></tr>
 * <tr><td>{@code quota.reserve.batch}</td><td>summary, uploads</td><td>how many reserves went to the store together, if
 *     they are coalesced</td></tr>
 * <tr><td>{@code quota.uncharged.uploads}</td><td>counter, uploads</td><td>let through uncharged while the store
 *     failed</td></tr>
 * <tr><td>{@code quota.uncharged.bytes}</td><td>counter, bytes</td><td>what they have</td></tr>
 * <tr><td>{@code quota.backlog.unsettled}</td><td>gauge, entries</td><td>entries not settled yet, of all tenants, counted
 *     up to 10,000</td></tr>
 * <tr><td>{@code quota.backlog.unsettled.age}</td><td>gauge, seconds</td><td>how long the oldest of them has
 *     waited</td></tr>
 * <tr><td>{@code quota.backlog.overdue}</td><td>gauge, reservations</td><td>those past their deadline that hold their
 *     bytes still, counted up to 10,000</td></tr>
 * <tr><td>{@code quota.backlog.overdue.age}</td><td>gauge, seconds</td><td>for how long the oldest is overdue</td></tr>
 * <tr><td>{@code quota.backlog.transaction.age}</td><td>gauge, seconds</td><td>how long the oldest transaction of the
 *     database has been open that the store may see; 0 if there is none</td></tr>
 * <tr><td>{@code quota.drift.accounts}</td><td>gauge, accounts</td><td>what the last diagnosis or repair of all tenants
 *     on this node found, by {@code state}: {@code consistent}, {@code drifted}, {@code repaired}, {@code braked},
 *     {@code skipped}, {@code failed}; absent before the first</td></tr>
 * <tr><td>{@code quota.drift.age}</td><td>gauge, seconds</td><td>how long ago that was</td></tr>
 * </table>
 *
 * <p>The guard of the auto-configuration is measured by its {@link io.github.quotaguard.UploadInterceptor} bean; a guard
 * that the application builds itself is, if it is given that bean.
 *
 * <p><b>Endpoint</b> {@code quota}: {@link EndpointProperties}.
 */
@AutoConfiguration(
        after = QuotaAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        })
@ConditionalOnBooleanProperty(name = "quota.enabled", matchIfMissing = true)
@ConditionalOnBean(UsageStore.class)
@Import({
    HealthConfiguration.class,
    MetricsConfiguration.class,
    ObservationConfiguration.class,
    EndpointConfiguration.class
})
@ImportRuntimeHints(QuotaRuntimeHints.class)
public final class QuotaActuatorAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    BacklogReader quotaguardBacklogReader(UsageStore store) {
        return new BacklogReader(store);
    }

    @Bean
    @ConditionalOnMissingBean
    LastReconcile quotaguardLastReconcile() {
        return new LastReconcile(Clock.systemUTC());
    }
}
