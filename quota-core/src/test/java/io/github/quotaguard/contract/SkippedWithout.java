package io.github.quotaguard.contract;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a test that {@link Needs} what its store has not declared. */
final class SkippedWithout implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Capability needed =
                context.getRequiredTestMethod().getAnnotation(Needs.class).value();
        StoreFixture fixture = (StoreFixture) context.getRequiredTestInstance();
        return fixture.capabilities().contains(needed)
                ? ConditionEvaluationResult.enabled("the store is " + needed)
                : ConditionEvaluationResult.disabled("the store is not declared to be " + needed);
    }
}
