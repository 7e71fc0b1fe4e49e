package io.github.quotaguard.jdbc;

import java.time.Instant;

/**
 * A change of a plan, or of what an account was given, as the audit has it.
 *
 * @param subject the name of the plan, or the path of the account
 * @param seq the changes of one subject, numbered from 1 without gaps
 * @param changedAt when, by the database's clock
 * @param actor who
 * @param reason why
 * @param from what it was, to be read: {@code plan=free, bytes=20971520}; {@value #NONE} if there was nothing
 * @param to what it was changed to, {@value #NONE} if it was removed
 */
public record PlanChange(
        String subject, long seq, Instant changedAt, String actor, String reason, String from, String to) {

    /** Stands for a plan that is not defined, and for an account that was given nothing. */
    public static final String NONE = "none";
}
