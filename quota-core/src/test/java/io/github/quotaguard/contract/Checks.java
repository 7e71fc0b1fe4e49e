package io.github.quotaguard.contract;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the rules that a test of the contract checks: it fails for a store that breaks one of them. */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Checks {

    /**
     * Returns the rules.
     *
     * @return at least one
     */
    Rule[] value();
}
