package io.github.quotaguard.proof;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A test that runs on every database once; of MariaDB's two, on that which is the default of the server. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@EnumSource(value = TestDatabase.class, mode = EnumSource.Mode.EXCLUDE, names = "MARIADB_SNAPSHOTS")
public @interface OnEachServer {}
