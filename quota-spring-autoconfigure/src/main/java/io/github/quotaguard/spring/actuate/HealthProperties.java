package io.github.quotaguard.spring.actuate;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * When quotas are unhealthy. The component {@code quota} is DOWN when the store fails, and has the status set here when
 * something waits for longer than it should: the store's threads then do not keep up, or somebody keeps a lock or a
 * transaction. Uploads go on meanwhile, and every node sees the same, so mind what a load balancer does about a status
 * other than UP: Spring Boot answers {@code OUT_OF_SERVICE} and {@code DOWN} with 503, and leaves a status that it does
 * not know, such as {@code DEGRADED}, out of the health of the application. {@code management.health.quota.enabled=false}
 * turns the component off.
 *
 * @param unsettledFor How long an entry of the ledger may wait to be settled, more than 0.
 * @param overdueFor For how long the deadline of a reservation that holds its bytes still may have passed, more than
 *     0.
 * @param transactionOpenFor How long any transaction of the database may be open that the store's user may see, more
 *     than 0.
 * @param status The status when any of them is exceeded, 1 or more characters.
 */
@ConfigurationProperties("quota.health")
record HealthProperties(
        @DefaultValue("5m") Duration unsettledFor,
        @DefaultValue("5m") Duration overdueFor,
        @DefaultValue("1h") Duration transactionOpenFor,
        @DefaultValue("OUT_OF_SERVICE") String status) {

    /**
     * Checks the values once they are bound.
     *
     * @throws InvalidConfigurationPropertyValueException that names the property and what is allowed
     */
    void requireAllowed() {
        requirePositive("unsettled-for", unsettledFor);
        requirePositive("overdue-for", overdueFor);
        requirePositive("transaction-open-for", transactionOpenFor);
        require(!status.isBlank(), "status", status, "allowed are 1 or more characters, such as DOWN");
    }

    private static void requirePositive(String property, Duration value) {
        require(value.compareTo(Duration.ZERO) > 0, property, value, "allowed is more than 0, such as 5m");
    }

    private static void require(boolean isAllowed, String property, Object value, String allowed) {
        if (!isAllowed) {
            throw new InvalidConfigurationPropertyValueException("quota.health." + property, value, allowed);
        }
    }
}
