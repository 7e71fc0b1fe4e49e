/**
 * Quotas in a Spring Boot application without a line of configuration:
 * {@link io.github.quotaguard.spring.QuotaAutoConfiguration} says which beans there are,
 * {@link io.github.quotaguard.spring.QuotaProperties} what can be set.
 */
@NullMarked
package io.github.quotaguard.spring;

import org.jspecify.annotations.NullMarked;
