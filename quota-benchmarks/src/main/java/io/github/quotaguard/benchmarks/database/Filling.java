package io.github.quotaguard.benchmarks.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Fills Quotaguard's tables with more than could be uploaded one by one: it multiplies, in the database, the rows of
 * one file that was uploaded and settled. So it knows no columns but those in which the copies differ.
 */
public final class Filling {

    private static final List<String> FILE_TABLES = List.of("quota_allocation", "quota_ledger");

    private final Site site;

    /**
     * Creates it for a database with Quotaguard's tables.
     *
     * @param site the database
     */
    public Filling(Site site) {
        this.site = site;
    }

    /**
     * Copies the only file of a tenant, its first and settled.
     *
     * @param tenant whose file it is
     * @param file its id, from which those of the copies are made
     * @param files how many there are to be
     */
    public void copyFile(String tenant, String file, long files) {
        for (String table : FILE_TABLES) {
            Map<String, String> changes =
                    Map.of("file", "CONCAT('%s-', n)".formatted(file), "generation", "n", "seq", "n");
            copy(table, changes, tenant, files);
        }
        site.execute(List.of("""
                UPDATE quota_usage
                SET used_bytes = used_bytes * %1$d, used_files = used_files * %1$d, last_seq = last_seq * %1$d
                WHERE tenant = '%2$s'
                """.formatted(files, tenant)));
    }

    /**
     * Copies everything that a tenant has.
     *
     * @param prefix what the tenants' names begin with; a number follows, and that of the tenant which is there is 1
     * @param tenants how many there are to be
     */
    public void copyTenant(String prefix, long tenants) {
        String first = prefix + 1;
        String tenant = "CONCAT('%s', n)".formatted(prefix);
        String account = "CONCAT('%s', n, SUBSTRING(account, %d))".formatted(prefix, first.length() + 1);
        List<String> tables = new ArrayList<>(FILE_TABLES);
        tables.add("quota_usage");
        for (String table : tables) {
            copy(table, Map.of("tenant", tenant, "account", account), first, tenants);
        }
    }

    private void copy(String table, Map<String, String> changes, String tenant, long count) {
        if (count < 2) {
            return;
        }
        List<String> columns = columns(table);
        List<String> values = columns.stream()
                .map(column -> changes.getOrDefault(column, column))
                .toList();
        site.execute(List.of("INSERT INTO %s (%s) SELECT %s FROM %1$s, %s WHERE tenant = '%s'"
                .formatted(
                        table, String.join(", ", columns), String.join(", ", values), site.numbers(2, count), tenant)));
    }

    private List<String> columns(String table) {
        try (Connection connection = DriverManager.getConnection(site.url());
                Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("SELECT * FROM " + table + " WHERE 1 = 0")) {
            ResultSetMetaData description = none.getMetaData();
            List<String> columns = new ArrayList<>();
            for (int column = 1; column <= description.getColumnCount(); column++) {
                columns.add(description.getColumnName(column).toLowerCase(Locale.ROOT));
            }
            return columns;
        } catch (SQLException e) {
            throw new IllegalStateException(table, e);
        }
    }
}
