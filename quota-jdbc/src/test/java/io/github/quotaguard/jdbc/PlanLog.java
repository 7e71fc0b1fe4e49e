package io.github.quotaguard.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The plans that PostgreSQL really executes: the server's {@code auto_explain} tells the driver of each. Every statement
 * is prepared at once and keeps the plan that was made for it the first time, whatever its arguments.
 */
final class PlanLog implements AutoCloseable {

    private static final String SETTINGS = """
            LOAD 'auto_explain';
            SET auto_explain.log_min_duration = 0;
            SET auto_explain.log_analyze = on;
            SET auto_explain.log_buffers = on;
            SET auto_explain.log_timing = off;
            SET auto_explain.log_level = notice;
            SET plan_cache_mode = force_generic_plan""";

    private static final Pattern INDEX = Pattern.compile("(?:Scan using|Bitmap Index Scan on) (quota_\\w+)");
    private static final Pattern READ =
            Pattern.compile("Scan .*on quota_.*actual rows=([\\d.]+) loops=(\\d+)|Rows Removed by Filter: (\\d+)");
    private static final Pattern WHOLE = Pattern.compile("Seq Scan on quota_(?!repair|cleanup)");
    private static final Pattern BUFFERS = Pattern.compile("Buffers: shared(?: hit=(\\d+))?(?: read=(\\d+))?");

    private final List<Plan> plans = new CopyOnWriteArrayList<>();
    private final List<HikariDataSource> pools = new ArrayList<>();

    /** What a statement did. */
    record Plan(String text) {

        /** Returns how many rows and index entries all its scans met, each as often as it met it. */
        long rowsRead() {
            return READ.matcher(text).results().mapToLong(Plan::rows).sum();
        }

        private static long rows(MatchResult scan) {
            return scan.group(3) == null
                    ? Math.round(Double.parseDouble(scan.group(1)) * Long.parseLong(scan.group(2)))
                    : Long.parseLong(scan.group(3));
        }

        /** Returns how many pages it asked for; the root of a plan stands first, and its figures are of all below. */
        long buffers() {
            Matcher found = BUFFERS.matcher(text);
            return found.find() ? number(found.group(1)) + number(found.group(2)) : 0;
        }

        private static long number(@Nullable String digits) {
            return digits == null ? 0 : Long.parseLong(digits);
        }

        /** Says whether a text is one of its arguments. */
        boolean names(String argument) {
            return text.contains(" = '" + argument + "'");
        }

        /** But of the tables that have a row for each repair or cleanup that is under way, which are small. */
        boolean readsWholeTable() {
            return WHOLE.matcher(text).find();
        }

        Set<String> indexes() {
            return INDEX.matcher(text).results().map(index -> index.group(1)).collect(Collectors.toSet());
        }
    }

    /** Returns connections to a database whose plans this sees. */
    DataSource to(HikariConfig database, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.getJdbcUrl() + "&prepareThreshold=1");
        config.setMaximumPoolSize(size);
        config.setConnectionInitSql(SETTINGS);
        HikariDataSource pool = new HikariDataSource(config);
        pools.add(pool);
        return ProxyDataSourceBuilder.create(pool)
                .afterQuery((execution, queries) -> {
                    try {
                        for (SQLWarning notice = execution.getStatement().getWarnings();
                                notice != null;
                                notice = notice.getNextWarning()) {
                            if (notice.getMessage().contains("Query Text: ")) {
                                plans.add(new Plan(notice.getMessage()));
                            }
                        }
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .build();
    }

    void clear() {
        plans.clear();
    }

    List<Plan> plans() {
        return List.copyOf(plans);
    }

    @Override
    public void close() {
        pools.forEach(HikariDataSource::close);
    }
}
