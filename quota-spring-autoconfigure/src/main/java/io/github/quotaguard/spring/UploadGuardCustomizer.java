package io.github.quotaguard.spring;

import io.github.quotaguard.UploadGuard;

/**
 * Changes the {@link UploadGuard} of the auto-configuration before it is built. Beans of this type are applied in their
 * order, after the properties.
 */
@FunctionalInterface
public interface UploadGuardCustomizer {

    /**
     * Changes the guard to be.
     *
     * @param builder has the policy and the properties
     */
    void customize(UploadGuard.Builder builder);
}
