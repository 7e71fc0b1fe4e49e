package io.github.quotaguard.spring.upload;

import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.core.Ordered;

/** Puts an interceptor around methods with {@link GuardedUpload}, outside or inside of all others. */
final class GuardedUploadPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

    private static final long serialVersionUID = 1L;

    /**
     * Before those of Spring that put themselves outside of all others, such as for {@code @Async} and {@code @Retryable}:
     * what they hand to another thread, or run again, then begins with a reservation.
     */
    private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 100;

    private final transient GuardedMethods methods;

    GuardedUploadPostProcessor(MethodInterceptor interceptor, boolean isOutermost, GuardedMethods methods) {
        this.advisor = new DefaultPointcutAdvisor(
                new AnnotationMatchingPointcut(null, GuardedUpload.class, true), interceptor);
        this.methods = methods;
        setBeforeExistingAdvisors(isOutermost);
        setProxyTargetClass(true);
        setOrder(ORDER);
    }

    @Override
    protected boolean isEligible(Class<?> type) {
        boolean isEligible = super.isEligible(type);
        if (isEligible) {
            methods.check(type);
        }
        return isEligible;
    }
}
