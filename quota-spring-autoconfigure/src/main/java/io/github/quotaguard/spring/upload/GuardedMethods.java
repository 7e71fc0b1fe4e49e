package io.github.quotaguard.spring.upload;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodClassKey;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.expression.BeanResolver;

/** The methods with {@link GuardedUpload} that are known so far. */
final class GuardedMethods {

    private final BeanResolver beans;
    private final Map<MethodClassKey, GuardedMethod> known = new ConcurrentHashMap<>();

    GuardedMethods(BeanResolver beans) {
        this.beans = beans;
    }

    /**
     * Reads and checks all of a class.
     *
     * @throws IllegalStateException if one can not be guarded
     */
    void check(Class<?> type) {
        MethodIntrospector.selectMethods(type, GuardedMethods::annotation)
                .keySet()
                .forEach(method -> of(method, type));
    }

    GuardedMethod of(Method method, Class<?> type) {
        Method specific = AopUtils.getMostSpecificMethod(method, type);
        return known.computeIfAbsent(
                new MethodClassKey(specific, type),
                key -> new GuardedMethod(specific, Objects.requireNonNull(annotation(specific)), beans));
    }

    private static @Nullable GuardedUpload annotation(Method method) {
        return AnnotatedElementUtils.findMergedAnnotation(method, GuardedUpload.class);
    }
}
