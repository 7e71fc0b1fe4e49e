/** Quota accounting on a relational database through JDBC. */
module io.github.quotaguard.jdbc {
    requires transitive io.github.quotaguard.core;
    requires transitive java.sql;
    requires static transitive jakarta.transaction;
    requires static transitive org.jspecify;
    requires static com.github.benmanes.caffeine;
    requires org.slf4j;

    exports io.github.quotaguard.jdbc;
}
