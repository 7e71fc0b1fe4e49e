package io.github.quotaguard.spring;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Conditional;

/**
 * The data source in whose database quotas are kept.
 *
 * @param dataSource the one that is marked, or else the only or primary one
 */
record StoreDataSource(DataSource dataSource) {

    static StoreDataSource of(ObjectProvider<DataSource> marked, ObjectProvider<DataSource> any) {
        return new StoreDataSource(marked.getIfAvailable(any::getObject));
    }

    /** Where it is clear which one that is. */
    @Target({ElementType.TYPE, ElementType.METHOD})
    @Retention(RetentionPolicy.RUNTIME)
    @Conditional(IsClear.class)
    @interface ConditionalOnStoreDataSource {}

    static final class IsClear extends AnyNestedCondition {

        IsClear() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnBean(value = DataSource.class, annotation = QuotaDataSource.class)
        static final class Marked {}

        @ConditionalOnSingleCandidate(DataSource.class)
        static final class Single {}
    }
}
