package io.github.quotaguard.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.beans.factory.annotation.Qualifier;

/**
 * Marks, among several {@link javax.sql.DataSource} beans, the one in whose database quotas are kept: that of the rows of
 * the files, so that a file and its charge are committed together. Without it the primary one is taken, or the only one.
 * The transactions joined are those on this data source, whichever transaction manager of the context began them.
 */
@Documented
@Qualifier
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface QuotaDataSource {}
