package io.github.quotaguard.proof;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is recorded of one tenant, read in one snapshot, and what must hold in it. Reads each row once, so a
 * sample stays cheap while {@link TableCheck}, which says the same in SQL, grows with the square.
 */
final class Books {

    static final String FILES = """
            CREATE TABLE files (tenant VARCHAR(128) NOT NULL, file VARCHAR(255) NOT NULL, version VARCHAR(255) NOT NULL,
                account VARCHAR(515) NOT NULL, category VARCHAR(64) NOT NULL, bytes BIGINT NOT NULL,
                PRIMARY KEY (tenant, file, version))""";

    private static final String COUNTERS = "SELECT * FROM quota_usage WHERE tenant = ?";

    private static final String LEDGER = """
            SELECT account, category, count(*) AS entries, count(seq) AS settled, coalesce(max(seq), 0) AS highest,
                coalesce(sum(CASE WHEN seq IS NULL THEN 0 ELSE bytes END), 0) AS settled_bytes,
                coalesce(sum(CASE WHEN seq IS NULL THEN bytes ELSE 0 END), 0) AS open_bytes,
                coalesce(sum(files), 0) AS files,
                coalesce(sum(CASE WHEN kind = 'COMMIT' THEN 1 ELSE 0 END), 0) AS commits,
                coalesce(sum(CASE WHEN kind = 'DELETE' THEN 1 ELSE 0 END), 0) AS deletes
            FROM quota_ledger WHERE tenant = ? GROUP BY account, category""";

    private static final String LIVES = """
            SELECT a.file, a.version, a.account, a.category, a.state, a.generation, a.bytes, a.files_held, a.born_at,
                a.deadline, r.kind AS end_kind, r.bytes AS end_bytes, r.recorded_at AS ended_at, d.kind AS deleted,
                d.bytes AS deleted_bytes
            FROM quota_allocation a
            LEFT JOIN quota_ledger r ON r.tenant = a.tenant AND r.file = a.file AND r.version = a.version
                AND r.generation = a.generation AND r.phase = 1
            LEFT JOIN quota_ledger d ON d.tenant = a.tenant AND d.file = a.file AND d.version = a.version
                AND d.generation = a.generation AND d.phase = 2
            WHERE a.tenant = ?""";

    private static final String ROWS = "SELECT account, category, file, version, bytes FROM files WHERE tenant = ?";

    /** Numbers under an account and a category. */
    private record Line(String account, String category, Map<String, Long> numbers) {

        long get(String name) {
            return numbers.getOrDefault(name, 0L);
        }

        boolean counts(Line other) {
            return (other.account.equals(account) || other.account.startsWith(account + "/"))
                    && (category.isEmpty() || category.equals(other.category));
        }
    }

    /**
     * A life and its ends, settled or not.
     *
     * @param end COMMIT, RELEASE, EXPIRE or DELETE; null for a reservation
     */
    record Life(
            String file,
            String version,
            long generation,
            long bytes,
            @Nullable String end,
            OffsetDateTime bornAt,
            OffsetDateTime deadline,
            @Nullable OffsetDateTime endedAt) {

        String key() {
            return file + " " + version;
        }
    }

    final Load load;
    final int tenant;
    private final List<Line> counters;
    private final List<Line> ledger;
    private final List<Line> allocations = new ArrayList<>();
    private final Map<String, Life> lives = new TreeMap<>();
    private final List<Line> rows = new ArrayList<>();
    private final Map<String, Long> rowBytes = new TreeMap<>();

    /** Reads a tenant on a connection whose transaction {@linkplain TestDatabase#useSnapshots is one snapshot}. */
    Books(Connection connection, Load load, int tenant) throws SQLException {
        this.load = load;
        this.tenant = tenant;
        counters = new ArrayList<>();
        ledger = new ArrayList<>();
        read(
                connection,
                COUNTERS,
                row -> counters.add(
                        line(row, "used_bytes", "reserved_bytes", "used_files", "reserved_files", "last_seq")));
        read(
                connection,
                LEDGER,
                row -> ledger.add(
                        line(row, "settled", "highest", "settled_bytes", "open_bytes", "files", "commits", "deletes")));
        read(connection, LIVES, this::addLife);
        read(connection, ROWS, row -> {
            rows.add(line(row, "bytes"));
            rowBytes.put(row.getString("file") + " " + row.getString("version"), row.getLong("bytes"));
        });
    }

    @FunctionalInterface
    private interface Reader {
        void read(ResultSet row) throws SQLException;
    }

    private void read(Connection connection, String sql, Reader reader) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, Load.tenant(tenant));
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    reader.read(result);
                }
            }
        }
    }

    private static Line line(ResultSet row, String... names) throws SQLException {
        Map<String, Long> numbers = new HashMap<>();
        for (String name : names) {
            numbers.put(name, row.getLong(name));
        }
        return new Line(row.getString("account"), row.getString("category"), numbers);
    }

    private void addLife(ResultSet row) throws SQLException {
        String state = row.getString("state");
        boolean isCommitted = state.equals("COMMITTED");
        boolean isReserved = state.equals("RESERVED");
        allocations.add(new Line(
                row.getString("account"),
                row.getString("category"),
                Map.of(
                        "used", isCommitted ? row.getLong("bytes") : 0,
                        "reserved", isReserved ? row.getLong("bytes") : 0,
                        "held_files", row.getLong("files_held"))));
        String end = row.getString("deleted") != null ? row.getString("deleted") : row.getString("end_kind");
        Life life = new Life(
                row.getString("file"),
                row.getString("version"),
                row.getLong("generation"),
                "COMMIT".equals(end) ? row.getLong("end_bytes") : row.getLong("bytes"),
                end,
                row.getObject("born_at", OffsetDateTime.class),
                row.getObject("deadline", OffsetDateTime.class),
                row.getObject("ended_at", OffsetDateTime.class));
        lives.put(life.key(), life);
    }

    /** The stored versions as the ledger has them, settled or not. */
    Map<String, Long> stored() {
        Map<String, Long> stored = new TreeMap<>();
        lives.values().stream()
                .filter(life -> "COMMIT".equals(life.end()))
                .forEach(life -> stored.put(life.key(), life.bytes()));
        return stored;
    }

    Map<String, Life> lives() {
        return lives;
    }

    /** What is used, exactly: the counter and what is not settled yet. */
    long used() {
        return sum(counters, root(), "used_bytes") + sum(ledger, root(), "open_bytes");
    }

    long commits() {
        return ledger.stream().mapToLong(line -> line.get("commits")).sum();
    }

    long deletes() {
        return ledger.stream().mapToLong(line -> line.get("deletes")).sum();
    }

    private Line root() {
        return new Line(Load.tenant(tenant), "", Map.of());
    }

    /** Adds up what a counter counts; of counters themselves, the one. */
    private long sum(List<Line> lines, Line counter, String name) {
        return lines.stream()
                .filter(line -> lines == counters
                        ? line.account().equals(counter.account())
                                && line.category().equals(counter.category())
                        : counter.counts(line))
                .mapToLong(line -> line.get(name))
                .sum();
    }

    /** Returns a line for each thing that is wrong within the snapshot. */
    List<String> violations() {
        List<String> wrong = new ArrayList<>();
        for (Line counter : counters) {
            require(wrong, counter, "used_bytes", sum(ledger, counter, "settled_bytes"), "settled entries");
            require(wrong, counter, "used_bytes", sum(allocations, counter, "used"), "committed allocations");
            require(wrong, counter, "used_files", sum(ledger, counter, "files"), "files of settled entries");
            require(wrong, counter, "reserved_bytes", sum(allocations, counter, "reserved"), "reserved allocations");
            require(wrong, counter, "reserved_files", sum(allocations, counter, "held_files"), "held files");
            if (counter.get("used_bytes") < 0 || counter.get("reserved_bytes") < 0) {
                wrong.add("below zero: " + counter);
            }
            requireChildren(wrong, counter);
            if (load.hasRows(tenant)) {
                long exact = counter.get("used_bytes") + sum(ledger, counter, "open_bytes");
                if (exact != sum(rows, counter, "bytes")) {
                    wrong.add("%s used %d, file rows %d".formatted(counter, exact, sum(rows, counter, "bytes")));
                }
            }
        }
        long settled = sum(ledger, root(), "settled");
        long highest =
                ledger.stream().mapToLong(line -> line.get("highest")).max().orElse(0);
        if (sum(counters, root(), "last_seq") != settled || settled != highest) {
            wrong.add("%s: %d entries are settled, the highest is %d".formatted(root(), settled, highest));
        }
        if (load.hasRows(tenant) && !stored().equals(rowBytes)) {
            wrong.add("%s: stored %s, file rows %s".formatted(root(), stored(), rowBytes));
        }
        return wrong;
    }

    private static void require(List<String> wrong, Line counter, String name, long expected, String what) {
        if (counter.get(name) != expected) {
            wrong.add("%s: %s is %d, %s add up to %d".formatted(counter, name, counter.get(name), what, expected));
        }
    }

    private void requireChildren(List<String> wrong, Line parent) {
        requireAtLeast(wrong, parent, line -> line.get("used_bytes"));
        requireAtLeast(wrong, parent, line -> line.get("reserved_bytes"));
    }

    private void requireAtLeast(List<String> wrong, Line parent, ToLongFunction<Line> number) {
        long children = counters.stream()
                .filter(line -> line.account().startsWith(parent.account() + "/")
                        && line.category().equals(parent.category()))
                .mapToLong(number)
                .sum();
        if (number.applyAsLong(parent) < children) {
            wrong.add("%s is below its children's %d".formatted(parent, children));
        }
    }

    /**
     * Returns used and reserved bytes of each counter. Entries that are not settled only lower their sum, so where it
     * does not exceed a limit, what is exactly in use does not either.
     */
    Map<String, Long> taken() {
        Map<String, Long> taken = new TreeMap<>();
        for (Line counter : counters) {
            taken.put(
                    counter.account() + "|" + counter.category(),
                    counter.get("used_bytes") + counter.get("reserved_bytes"));
        }
        return taken;
    }
}
