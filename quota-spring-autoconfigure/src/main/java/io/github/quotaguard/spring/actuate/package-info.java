/**
 * What operations see of quotas in a Spring Boot application: its health, its metrics and traces, and an actuator
 * endpoint. {@link io.github.quotaguard.spring.actuate.QuotaActuatorAutoConfiguration} says what there is.
 */
@NullMarked
package io.github.quotaguard.spring.actuate;

import org.jspecify.annotations.NullMarked;
