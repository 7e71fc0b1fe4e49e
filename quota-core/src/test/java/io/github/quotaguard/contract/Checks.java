package io.github.quotaguard.contract;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the rules that a test of the contract checks. */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Checks {

    /**
     * Returns the rules without which the test fails.
     *
     * @return none, unless given
     */
    Rule[] value() default {};

    /**
     * Returns the rules whose breach the test finds only where its threads happen to meet, or with some of its seeds.
     *
     * @return none, unless given
     */
    Rule[] byChance() default {};
}
