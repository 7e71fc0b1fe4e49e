package io.github.quotaguard.proof;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connections to a test database that go through a {@link FaultyProxy}, and what arms it: the driver's side sees that
 * {@code commit()} is about to be called, or a statement that writes and commits itself. They are not pooled, so the
 * links that are open are the connections that nobody has closed.
 */
final class FaultyWire implements QueryExecutionListener, MethodExecutionListener, AutoCloseable {

    private static final String H2_IN_MEMORY = "jdbc:h2:mem:";
    private static final String MARIADB = "jdbc:mariadb:";

    /** The drivers of PostgreSQL and MariaDB give up when they have waited so long for the answer to a COMMIT. */
    private static final int CLIENT_TIMEOUT_MILLIS = 50;

    private final FaultyProxy proxy;
    private final Server h2;
    private final DataSource connections;
    private final Map<Connection, FaultyProxy.Link> links = Collections.synchronizedMap(new WeakHashMap<>());

    /** One connection is opened at a time, so that the link accepted last is its own. */
    private final ReentrantLock opening = new ReentrantLock();

    private static final ThreadLocal<Fault> ARMED = new ThreadLocal<>();

    /** What is to go wrong. */
    enum Kind {
        REPLY_LOST,
        REQUEST_HELD
    }

    /** A fault that is to happen to a COMMIT of the thread that armed it. */
    static final class Fault {

        private final Kind kind;
        private int commitsBefore;
        private FaultyProxy.Link link;

        private Fault(Kind kind, int commitsBefore) {
            this.kind = kind;
            this.commitsBefore = commitsBefore;
        }

        /** Returns the connection that it happened to, if there was such a COMMIT. */
        Optional<FaultyProxy.Link> link() {
            return Optional.ofNullable(link);
        }
    }

    /** Lays a wire to the database that a pool is connected to. */
    FaultyWire(HikariDataSource direct) throws SQLException, IOException {
        DataSource driver;
        if (direct.getJdbcUrl().startsWith(H2_IN_MEMORY)) {
            h2 = Server.createTcpServer("-tcpPort", "0").start();
            proxy = new FaultyProxy(h2.getPort());
            String name = direct.getJdbcUrl().substring(H2_IN_MEMORY.length()).split(";", 2)[0];
            JdbcDataSource source = new JdbcDataSource();
            source.setURL("jdbc:h2:tcp://localhost:%d/mem:%s".formatted(proxy.port(), name));
            driver = source;
        } else if (direct.getJdbcUrl().startsWith(MARIADB)) {
            h2 = null;
            int port =
                    URI.create(direct.getJdbcUrl().substring("jdbc:".length())).getPort();
            proxy = new FaultyProxy(port);
            driver = new MariaDbDataSource(direct.getJdbcUrl().replace(":" + port + "/", ":" + proxy.port() + "/"));
        } else {
            h2 = null;
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setURL(direct.getJdbcUrl());
            proxy = new FaultyProxy(source.getPortNumbers()[0]);
            // Saves round trips: nobody is to be asked for encryption.
            source.setSslMode("disable");
            source.setGssEncMode("disable");
            source.setPortNumbers(new int[] {proxy.port()});
            driver = source;
        }
        connections = ProxyDataSourceBuilder.create(driver)
                .listener(this)
                .methodListener(this)
                .build();
    }

    DataSource connections() {
        return connections;
    }

    /** Returns how many connections nobody has closed. */
    int open() {
        return proxy.open();
    }

    /** Lets a COMMIT of this thread go wrong, after so many that do not. */
    Fault arm(Kind kind, int commitsBefore) {
        Fault fault = new Fault(kind, commitsBefore);
        ARMED.set(fault);
        return fault;
    }

    void disarm() {
        ARMED.remove();
    }

    @Override
    public void beforeMethod(MethodExecutionContext context) {
        String method = context.getMethod().getName();
        if (context.getTarget() instanceof DataSource && method.equals("getConnection")) {
            opening.lock();
        } else if (context.getTarget() instanceof Connection connection && method.equals("commit")) {
            aboutToCommit(connection);
        }
    }

    @Override
    public void afterMethod(MethodExecutionContext context) {
        if (!(context.getTarget() instanceof DataSource)
                || !context.getMethod().getName().equals("getConnection")) {
            return;
        }
        try {
            if (context.getResult() instanceof Connection connection) {
                Connection driver = connection.unwrap(Connection.class);
                warmUp(driver);
                links.put(driver, proxy.latest());
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            opening.unlock();
        }
    }

    /** H2 prepares COMMIT with its first use, in a request of its own, which is not the one that matters. */
    private void warmUp(Connection connection) throws SQLException {
        if (h2 != null) {
            connection.setAutoCommit(false);
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public void beforeQuery(ExecutionInfo execution, List<QueryInfo> queries) {
        try {
            Connection connection = execution.getStatement().getConnection();
            if (connection.getAutoCommit() && queries.get(0).getQuery().contains("INSERT INTO")) {
                aboutToCommit(connection);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {}

    private void aboutToCommit(Connection connection) {
        Fault fault = ARMED.get();
        if (fault == null || fault.link != null || fault.commitsBefore-- > 0) {
            return;
        }
        fault.link = links.get(connection);
        if (fault.kind == Kind.REPLY_LOST) {
            fault.link.cut();
        } else {
            fault.link.hold();
            limitPatience(connection, fault.link);
        }
    }

    /** The driver's own time-out where there is one; H2 has none, so there the client loses its socket. */
    private void limitPatience(Connection connection, FaultyProxy.Link link) {
        if (h2 != null) {
            link.closeClientOnceHeld();
            return;
        }
        try {
            connection.setNetworkTimeout(Runnable::run, CLIENT_TIMEOUT_MILLIS);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        if (h2 != null) {
            h2.stop();
        }
    }
}
