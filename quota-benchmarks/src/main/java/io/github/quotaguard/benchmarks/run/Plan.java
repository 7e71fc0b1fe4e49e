package io.github.quotaguard.benchmarks.run;

import io.github.quotaguard.benchmarks.database.Database;
import io.github.quotaguard.benchmarks.report.Cell;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is measured.
 *
 * @param settings in their order
 * @param rounds how many turns each contender of a setting has
 */
record Plan(List<Setting> settings, int rounds) {

    private static final Pace MEMORY = new Pace(8, 8, 300);
    private static final Pace JDBC = new Pace(3, 3, 1_000);
    private static final Pace QUICK_MEMORY = new Pace(4, 4, 200);
    private static final Pace QUICK_JDBC = new Pace(2, 3, 400);

    private static final List<String> ALL_CONTENDERS = List.of(
            "quotaguard", "uncoalesced", "bucket4j", "selectForUpdate", "guardedUpdate", "sumThenInsert", "floor");
    private static final List<String> FEW_CONTENDERS =
            List.of("quotaguard", "uncoalesced", "selectForUpdate", "guardedUpdate");

    /** Everything that is published. */
    static Plan published() {
        List<Setting> settings = new ArrayList<>();
        for (int tenants : List.of(1, 5_000)) {
            for (int threads : List.of(1, 32, 128)) {
                settings.add(jdbcReserve(Database.POSTGRESQL, tenants, threads, ALL_CONTENDERS, JDBC));
            }
        }
        for (Database database : List.of(Database.MARIADB, Database.H2)) {
            settings.add(jdbcReserve(database, 1, 1, List.of("quotaguard", "guardedUpdate"), JDBC));
            settings.add(jdbcReserve(database, 1, 32, FEW_CONTENDERS, JDBC));
        }
        for (int threads : List.of(1, 32)) {
            settings.add(uploadLifecycle(0, threads, JDBC));
            settings.add(uploadLifecycle(5, threads, JDBC));
        }
        settings.add(readQuota(List.of(1_000_000, 10_000, 100), JDBC));
        settings.add(costOfGrowth(JDBC, new int[][] {
            {1, 1_000_000, 1},
            {2, 100_000, 1},
            {20, 10_000, 1},
            {200, 1_000, 1},
            {100_000, 2, 1},
            {1_000, 2, 1},
            {1, 2, 1},
            {1_000, 2, 2},
            {1_000, 2, 3},
            {1_000, 2, 4}
        }));
        settings.add(inMemory(MEMORY));
        return new Plan(settings, 3);
    }

    /** Enough for a first impression. */
    static Plan quick() {
        List<Setting> settings = List.of(
                jdbcReserve(Database.POSTGRESQL, 1, 128, ALL_CONTENDERS.subList(0, 5), QUICK_JDBC),
                jdbcReserve(
                        Database.POSTGRESQL, 5_000, 32, List.of("quotaguard", "bucket4j", "guardedUpdate"), QUICK_JDBC),
                jdbcReserve(Database.POSTGRESQL, 1, 1, List.of("quotaguard", "guardedUpdate", "floor"), QUICK_JDBC),
                uploadLifecycle(0, 32, QUICK_JDBC),
                uploadLifecycle(5, 32, QUICK_JDBC),
                readQuota(List.of(10_000, 100), QUICK_JDBC),
                costOfGrowth(QUICK_JDBC, new int[][] {{1_000, 2, 1}, {1, 2, 1}}),
                inMemory(QUICK_MEMORY));
        return new Plan(settings, 1);
    }

    private static Setting jdbcReserve(
            Database database, int tenants, int threads, List<String> contenders, Pace pace) {
        Cell cell = on(database, Cell.of("JdbcReserve.reserve", threads)).with("tenants", tenants);
        return new Setting(
                contenders.stream().map(name -> cell.with("contender", name)).toList(), pace);
    }

    private static Setting uploadLifecycle(int otherWork, int threads, Pace pace) {
        Cell cell = on(Database.POSTGRESQL, Cell.of("UploadLifecycle.upload", threads))
                .with("otherWork", otherWork);
        return new Setting(
                Stream.of("quotaguard", "byHand")
                        .map(name -> cell.with("contender", name))
                        .toList(),
                pace);
    }

    private static Setting readQuota(List<Integer> allocations, Pace pace) {
        List<Cell> cells = new ArrayList<>();
        for (int files : allocations) {
            for (String method : List.of("storageQuota", "selectSum")) {
                cells.add(on(Database.POSTGRESQL, Cell.of("ReadQuota." + method, 1))
                        .with("allocations", files));
            }
        }
        return new Setting(cells, pace);
    }

    /** Of tenants, the files of each, and the depth of their accounts; the largest first, so that the tables are full. */
    private static Setting costOfGrowth(Pace pace, int[][] sizes) {
        Cell cell = on(Database.POSTGRESQL, Cell.of("CostOfGrowth.reserve", 1));
        return new Setting(
                Stream.of(sizes)
                        .map(size -> cell.with("tenants", size[0])
                                .with("allocations", size[1])
                                .with("depth", size[2]))
                        .toList(),
                pace);
    }

    private static Setting inMemory(Pace pace) {
        Stream<Cell> alone = Stream.of(
                        "reserveAndCommit",
                        "reserve",
                        "refuse",
                        "storageQuota",
                        "describe",
                        "bucket4jTryConsume",
                        "compareAndSet")
                .map(method -> Cell.of("InMemoryReserve." + method, 1));
        Stream<Cell> both = Stream.of("reserveAndCommit", "reserve", "bucket4jTryConsume", "compareAndSet")
                .map(method -> Cell.of("InMemoryReserve." + method, 2));
        return new Setting(Stream.concat(alone, both).toList(), pace);
    }

    private static Cell on(Database database, Cell cell) {
        return cell.with("database", database.lowerCase());
    }

    /** Returns the cells that each word matches. */
    Plan only(Collection<String> words) {
        return new Plan(
                settings.stream()
                        .map(setting -> new Setting(
                                setting.cells().stream()
                                        .filter(cell -> cell.matches(words))
                                        .toList(),
                                setting.pace()))
                        .filter(setting -> !setting.cells().isEmpty())
                        .toList(),
                rounds);
    }

    Plan inRounds(int newRounds) {
        return new Plan(settings, newRounds);
    }

    int forks() {
        return rounds
                * settings.stream().mapToInt(setting -> setting.cells().size()).sum();
    }

    double seconds() {
        return rounds * settings.stream().mapToDouble(Setting::seconds).sum();
    }

    Set<Database> databases() {
        Set<Database> databases = EnumSet.noneOf(Database.class);
        settings.stream()
                .flatMap(setting -> setting.cells().stream())
                .map(cell -> cell.params().get("database"))
                .filter(name -> name != null)
                .forEach(name -> databases.add(Database.named(name)));
        return databases;
    }
}
