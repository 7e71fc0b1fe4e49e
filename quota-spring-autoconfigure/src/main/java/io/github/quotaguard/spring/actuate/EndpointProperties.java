package io.github.quotaguard.spring.actuate;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the actuator endpoint {@code quota} may do beyond reading. Each takes the endpoint's own access as well
 * ({@code management.endpoint.quota.access}), and whoever reaches the endpoint may do it to every account: secure it as a
 * whole. A rule about the path of one account is none, since in Spring Boot a query parameter replaces what the path names.
 *
 * @param repair Whether an account may be repaired: POST with operation repair.
 * @param cleanup Whether temporary files past their time may be deleted: POST with operation cleanup.
 */
@ConfigurationProperties("quota.actuator")
record EndpointProperties(
        @DefaultValue("false") boolean repair,
        @DefaultValue("false") boolean cleanup) {}
