/** Quota accounting on a relational database through JDBC. */
module io.github.quotaguard.jdbc {
    requires transitive io.github.quotaguard.core;
    requires transitive java.sql;
    requires static com.fasterxml.jackson.jr.ob;
    requires static com.github.benmanes.caffeine;
    requires static com.zaxxer.hikari;
    requires static info.picocli;
    requires static transitive jakarta.transaction;
    requires static me.tongfei.progressbar;
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports io.github.quotaguard.jdbc;
}
