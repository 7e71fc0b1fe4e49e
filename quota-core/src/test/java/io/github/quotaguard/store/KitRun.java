package io.github.quotaguard.store;

import io.github.quotaguard.contract.UsageStoreContract;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * One run of the whole contract: which of its tests passed, failed and were skipped, by name, and why. A test with
 * parameters fails if it fails with one of them.
 */
final class KitRun implements TestExecutionListener {

    private final Set<String> run = new TreeSet<>();
    private final Map<String, String> failed = new TreeMap<>();
    private final Map<String, String> skipped = new TreeMap<>();

    private KitRun() {}

    static KitRun on(Mutant mutant, boolean durable) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(MutantKit.class))
                .configurationParameter(MutantKit.MUTANT, mutant.name())
                .configurationParameter(MutantKit.DURABLE, Boolean.toString(durable))
                .build();
        KitRun run = new KitRun();
        LauncherFactory.create().execute(request, run);
        return run;
    }

    /** Returns the names of those methods of the contract of which something is true. */
    static Set<String> tests(Predicate<Method> predicate) {
        return Arrays.stream(UsageStoreContract.class.getMethods())
                .filter(predicate)
                .map(KitRun::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static boolean isTest(Method method) {
        return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
    }

    private static String name(Method test) {
        return test.getDeclaringClass().getSimpleName() + "." + test.getName();
    }

    private static String name(TestIdentifier test) {
        return test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> name(((MethodSource) source).getJavaMethod()))
                .orElseGet(test::getDisplayName);
    }

    Set<String> passed() {
        Set<String> passed = new TreeSet<>(run);
        passed.removeAll(failed.keySet());
        return passed;
    }

    Map<String, String> failed() {
        return failed;
    }

    Map<String, String> skipped() {
        return skipped;
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        skipped.put(name(test), reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            run.add(name(test));
        }
        if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
            failed.putIfAbsent(
                    name(test), result.getThrowable().map(Throwable::toString).orElse("no reason"));
        }
    }
}
