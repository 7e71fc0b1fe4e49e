/**
 * Quotas over HTTP, for servlet applications: problem answers for what the guard refuses, an early refusal of uploads
 * that can not fit, guarded bodies, and an HTTP API that is off unless it is switched on.
 * {@link io.github.quotaguard.spring.web.QuotaWebAutoConfiguration} puts it together.
 */
@NullMarked
package io.github.quotaguard.spring.web;

import org.jspecify.annotations.NullMarked;
