package io.github.quotaguard.spring.upload;

import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.spring.QuotaAutoConfiguration;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.context.expression.BeanFactoryResolver;

/** Configures what guards methods with {@link GuardedUpload}. */
@AutoConfiguration(after = QuotaAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "quota.enabled", matchIfMissing = true)
@ConditionalOnBean(UploadGuard.class)
public final class QuotaUploadAutoConfiguration {

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static GuardedMethods quotaguardGuardedMethods(BeanFactory beans) {
        return new GuardedMethods(new BeanFactoryResolver(beans));
    }

    // Both are there before any bean that they may stand around; the guard is asked for with the first upload.
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static GuardedUploadPostProcessor quotaguardReservingPostProcessor(
            ObjectProvider<UploadGuard> guards, GuardedMethods methods) {
        return new GuardedUploadPostProcessor(GuardedUploadAdvice.reserving(guards::getObject, methods), true, methods);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static GuardedUploadPostProcessor quotaguardCommittingPostProcessor(GuardedMethods methods) {
        return new GuardedUploadPostProcessor(GuardedUploadAdvice.committing(), false, methods);
    }
}
