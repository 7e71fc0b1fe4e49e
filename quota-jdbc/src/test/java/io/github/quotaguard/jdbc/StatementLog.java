package io.github.quotaguard.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;

/** What is sent to a database: each execution of a statement, a batch being one, and each change of a connection. */
final class StatementLog implements QueryExecutionListener, MethodExecutionListener {

    /** What may cost a round trip without being a statement; asked or set. */
    private static final Set<String> SETTINGS =
            Set.of("commit", "rollback", "getTransactionIsolation", "setTransactionIsolation", "setReadOnly");

    private final List<String> executions = new CopyOnWriteArrayList<>();
    private final List<String> settings = new CopyOnWriteArrayList<>();

    DataSource around(DataSource dataSource) {
        return ProxyDataSourceBuilder.create(dataSource)
                .listener(this)
                .methodListener(this)
                .build();
    }

    /** Something that happens beside a statement. */
    @FunctionalInterface
    interface Event {
        void happen(String statement) throws SQLException;
    }

    /** Returns the data source with an event before each of its statements. */
    static DataSource before(DataSource dataSource, Event event) {
        return ProxyDataSourceBuilder.create(dataSource)
                .beforeQuery((execution, queries) -> {
                    try {
                        event.happen(queries.get(0).getQuery());
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .build();
    }

    @Override
    public void beforeQuery(ExecutionInfo execution, List<QueryInfo> queries) {}

    @Override
    public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {
        List<String> statements = new ArrayList<>();
        queries.forEach(query -> statements.add(query.getQuery().strip()));
        executions.add(String.join("; ", statements));
    }

    @Override
    public void beforeMethod(MethodExecutionContext context) {
        if (context.getTarget() instanceof Connection
                && SETTINGS.contains(context.getMethod().getName())) {
            settings.add(context.getMethod().getName());
        }
    }

    @Override
    public void afterMethod(MethodExecutionContext context) {}

    void clear() {
        executions.clear();
        settings.clear();
    }

    List<String> executions() {
        return List.copyOf(executions);
    }

    List<String> settings() {
        return List.copyOf(settings);
    }

    /** Returns the first words of each execution, to be read. */
    String summary() {
        List<String> words = new ArrayList<>();
        for (String execution : executions) {
            words.add(execution.split("\\s+", 3)[0].toUpperCase(Locale.ROOT));
        }
        words.addAll(settings);
        return executions.size() + " " + words;
    }
}
