package io.github.quotaguard.spring.upload;

import io.github.quotaguard.Upload;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** A method with {@link GuardedUpload}, read and checked once: what each call of it uploads. */
final class GuardedMethod {

    private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();
    private static final Set<String> ASYNCHRONOUS = Set.of(
            "org.springframework.web.context.request.async.DeferredResult",
            "org.springframework.web.context.request.async.WebAsyncTask");

    private final Method method;
    private final BeanResolver beans;
    private final boolean isOverwrite;
    private final Text account;
    private final Text file;
    private final Text version;
    private final Text category;
    private final Text bytes;
    private final Text actor;
    private final Text retainUntil;

    /**
     * Reads and checks a method.
     *
     * @throws IllegalStateException if it can not be guarded, or an expression is wrong
     */
    GuardedMethod(Method method, GuardedUpload annotation, BeanResolver beans) {
        this.method = method;
        this.beans = beans;
        requireGuardable();
        isOverwrite = annotation.overwrite();
        account = new Text("account", annotation.account());
        file = new Text("file", annotation.file());
        version = new Text("version", annotation.version());
        category = new Text("category", annotation.category());
        bytes = new Text("bytes", annotation.bytes());
        actor = new Text("actor", annotation.actor());
        retainUntil = new Text("retainUntil", annotation.retainUntil());
    }

    private void requireGuardable() {
        if (Modifier.isPrivate(method.getModifiers())
                || Modifier.isStatic(method.getModifiers())
                || Modifier.isFinal(method.getModifiers())) {
            throw wrong("it is private, static or final, so that Spring can not guard it: make it none of these");
        }
        Class<?> type = method.getReturnType();
        if (Future.class.isAssignableFrom(type)
                || CompletionStage.class.isAssignableFrom(type)
                || Callable.class.isAssignableFrom(type)
                || ASYNCHRONOUS.contains(type.getName())
                || ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null) {
            throw wrong(
                    "it returns a %s, before the upload is stored: reserve and commit with an UploadGuard where that is done"
                            .formatted(type.getSimpleName()));
        }
    }

    private IllegalStateException wrong(String reason) {
        return new IllegalStateException("@GuardedUpload on %s: %s".formatted(name(), reason));
    }

    private String name() {
        return method.getDeclaringClass().getName() + "." + method.getName();
    }

    /**
     * Returns what a call uploads.
     *
     * @throws IllegalArgumentException if a value is missing, or not allowed
     */
    Upload upload(@Nullable Object target, @Nullable Object[] arguments) {
        MethodBasedEvaluationContext context =
                new MethodBasedEvaluationContext(target == null ? this : target, method, arguments, NAMES);
        context.setBeanResolver(beans);
        String owner = account.require(context).toString();
        String id = file.require(context).toString();
        Upload upload = bytes.isGiven()
                ? Upload.of(owner, id, number(bytes.require(context)))
                : Upload.ofUnknownSize(owner, id);
        upload = with(upload, version, context, Upload::version);
        upload = with(upload, category, context, Upload::category);
        upload = with(upload, actor, context, Upload::actor);
        Object until = retainUntil.value(context);
        if (until instanceof Instant instant) {
            upload = upload.retainUntil(instant);
        } else if (until != null) {
            throw new IllegalArgumentException("retainUntil of @GuardedUpload on %s is a %s, an Instant is needed"
                    .formatted(name(), until.getClass().getName()));
        }
        return isOverwrite ? upload.overwrite() : upload;
    }

    private static Upload with(
            Upload upload, Text text, EvaluationContext context, BiFunction<Upload, String, Upload> setter) {
        Object value = text.value(context);
        return value == null ? upload : setter.apply(upload, value.toString());
    }

    private long number(Object value) {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        try {
            return Long.parseLong(value.toString());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "bytes of @GuardedUpload on %s is '%s', a whole number is needed".formatted(name(), value), e);
        }
    }

    /** An attribute of the annotation: a text, or an expression. */
    private final class Text {

        private final String name;
        private final String source;
        private final @Nullable Expression expression;

        Text(String name, String source) {
            this.name = name;
            this.source = source;
            this.expression = source.indexOf('#') < 0 ? null : parsed();
        }

        private SpelExpression parsed() {
            try {
                SpelExpression parsed = new SpelExpressionParser().parseRaw(source);
                requireKnown(parsed.getAST());
                return parsed;
            } catch (ParseException e) {
                throw wrong("%s = \"%s\" is no expression: %s".formatted(name, source, e.getMessage()));
            }
        }

        private void requireKnown(SpelNode node) {
            if (node instanceof VariableReference) {
                String variable = node.toStringAST().substring(1);
                if (known().noneMatch(variable::equals)) {
                    throw wrong(
                            "%s = \"%s\" names #%s, but its parameters are %s; the names of parameters are known if the compiler is told -parameters"
                                    .formatted(
                                            name, source, variable, Arrays.toString(NAMES.getParameterNames(method))));
                }
            }
            for (int i = 0; i < node.getChildCount(); i++) {
                requireKnown(node.getChild(i));
            }
        }

        private Stream<String> known() {
            String[] names = Objects.requireNonNullElse(NAMES.getParameterNames(method), new String[0]);
            Stream<String> numbered =
                    IntStream.range(0, method.getParameterCount()).boxed().flatMap(i -> Stream.of("a" + i, "p" + i));
            return Stream.concat(Stream.of("root", "this"), Stream.concat(Arrays.stream(names), numbered));
        }

        boolean isGiven() {
            return !source.isEmpty();
        }

        @Nullable
        Object value(EvaluationContext context) {
            if (!isGiven()) {
                return null;
            }
            return expression == null ? source : expression.getValue(context);
        }

        Object require(EvaluationContext context) {
            Object value = value(context);
            if (value == null) {
                throw new IllegalArgumentException("%s = \"%s\" of @GuardedUpload on %s is null in this call"
                        .formatted(name, source, GuardedMethod.this.name()));
            }
            return value;
        }
    }
}
