/**
 * The sample service: organisations with small quotas, to whose attachments a page gives access.
 * {@link io.github.quotaguard.sample.AttachmentService} is what to read.
 */
package io.github.quotaguard.sample;
