package io.github.quotaguard.spring.actuate;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What observations tell of an upload. {@code management.observations.enable.quota=false} turns them off.
 *
 * @param account Whether they name the account, as the high-cardinality key quota.account, which traces have and metrics
 *     do not.
 */
@ConfigurationProperties("quota.observations")
record ObservationProperties(@DefaultValue("false") boolean account) {}
