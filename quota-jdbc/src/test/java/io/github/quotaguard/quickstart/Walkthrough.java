package io.github.quotaguard.quickstart;

import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.QuotaWarning;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.StorageQuota;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationState;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the program shows, one thing after the other. */
final class Walkthrough implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Settings settings;
    private final Report report;
    private final Map<AccountId, QuotaLimits> limits = new ConcurrentHashMap<>();
    private final QuotaPolicy policy = account -> limits.getOrDefault(account, QuotaLimits.unlimited());
    private final TargetDirectory target;
    private final HikariDataSource pool;
    private final JdbcUsageStore store;
    private final QuotaService quotas;
    private final UploadHandler handler;

    Walkthrough(Settings settings, Report report) throws SQLException {
        this.settings = settings;
        this.report = report;
        target = new TargetDirectory(settings.target());
        pool = openPool(settings);
        try (Connection connection = pool.getConnection()) {
            FileRows.createTable(connection);
            connection.commit();
        }
        store = JdbcUsageStore.builder(pool)
                .sweepInterval(Duration.ofMillis(100))
                .createSchemaIfMissing()
                .build();
        quotas = QuotaService.of(store, policy);
        UploadGuard guard = UploadGuard.builder(store).policy(policy).build();
        handler = new UploadHandler(guard, store, pool, target);
    }

    private static HikariDataSource openPool(Settings settings) {
        String url = "jdbc:h2:file:" + settings.database() + ";TRACE_LEVEL_FILE=0";
        try {
            // The pool would log why it could not, at length.
            DriverManager.getConnection(url).close();
        } catch (SQLException e) {
            throw new UsageException(
                    "--database %s can not be opened (%s)".formatted(settings.database(), e.getMessage()));
        }
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setAutoCommit(false);
        config.setMaximumPoolSize(4);
        return new HikariDataSource(config);
    }

    /** Uploads every file; what does not fit is refused, and smaller ones after it may still fit. */
    void uploadDirectory(List<IncomingFile> files) throws Exception {
        long bytes = files.stream().mapToLong(IncomingFile::bytes).sum();
        long quota = settings.quota() == null ? bytes * 2 / 3 : settings.quota();
        limits.put(Settings.UPLOADS, QuotaLimits.ofBytes(quota));
        report.title("The files of a directory");
        report.line("from      " + settings.dir());
        report.line("to        " + settings.target());
        report.line(
                "          %d files, %s, quota %s".formatted(files.size(), Report.amount(bytes), Report.amount(quota)));
        report.line("");

        Map<UploadHandler.Outcome, Integer> counts = new EnumMap<>(UploadHandler.Outcome.class);
        int refused = 0;
        for (IncomingFile file : files) {
            try {
                UploadHandler.Outcome outcome = handler.handle(file);
                counts.merge(outcome, 1, Integer::sum);
                report.file(verdict(outcome), file);
            } catch (QuotaExceededException e) {
                if (refused++ == 0) {
                    report.file("REFUSED", file);
                    report.refusal(e);
                }
            }
        }
        report.line("");
        report.line("admitted %d, replaced %d, stored before %d, refused %d%s"
                .formatted(
                        counts.getOrDefault(UploadHandler.Outcome.ADMITTED, 0),
                        counts.getOrDefault(UploadHandler.Outcome.REPLACED, 0),
                        counts.getOrDefault(UploadHandler.Outcome.STORED, 0),
                        refused,
                        refused > 1 ? " (the first is shown)" : ""));
        reportQuota(Settings.UPLOADS);
    }

    /** Uploads one image of an account's. */
    void uploadImage() throws Exception {
        AccountId account = settings.imageAccount();
        long bytes = settings.imageBytes();
        limits.put(account, QuotaLimits.ofBytes(settings.imageLimit()));
        report.title("One image of " + account);
        IncomingFile image = image(account, "photo-1.pgm", bytes);
        try {
            report.file(verdict(handler.handle(image)), image);
        } catch (QuotaExceededException e) {
            report.file("REFUSED", image);
            report.refusal(e);
        }
        StorageQuota quota = reportQuota(account);
        report.line("used %d bytes (%s%%), available %d bytes"
                .formatted(
                        quota.usedQuota(),
                        quota.usagePercentage().orElseThrow(),
                        quota.availableQuota().orElseThrow()));
    }

    /** Saves an image and then does nothing any more, as if the process had been killed: no commit, no close. */
    void dieWhileUploading() throws IOException {
        AccountId account = Settings.CRASHES;
        limits.put(account, QuotaLimits.ofBytes(Settings.CRASH_LIMIT));
        UploadGuard guard = UploadGuard.builder(store)
                .policy(policy)
                .reservationTtl(settings.crashTtl())
                .build();
        report.title("A handler that dies between saving and committing");
        IncomingFile image = image(account, "photo-2.pgm", Settings.CRASH_BYTES);

        Reservation abandoned = guard.reserve(image.upload());
        target.save(image.location(), image.body());
        report.file("saved", image);
        report.line("died      " + figures(account));
        report.line("deadline  " + abandoned.deadline());

        await(image.file() + " is held no longer")
                .atMost(PATIENCE)
                .until(() -> state(guard, image) != AllocationState.RESERVED);
        report.line("%-9s %s".formatted(state(guard, image).name().toLowerCase(Locale.ROOT), figures(account)));
        target.delete(image.location());
        report.line("removed   the bytes that nobody is charged for");
    }

    /** Compares what is on the disk, in the application's table and in the quota's records. */
    void compareTheBooks() throws IOException, SQLException {
        Tally disk = target.tally();
        Tally rows;
        long usedFiles = 0;
        long usedBytes = 0;
        try (Connection connection = pool.getConnection()) {
            rows = FileRows.tally(connection);
            for (String tenant : FileRows.tenants(connection)) {
                StorageQuota quota = quotas.storageQuota(tenant);
                usedFiles += quota.fileCount();
                usedBytes += quota.usedQuota();
            }
        }
        Tally used = new Tally(usedFiles, usedBytes);
        report.title("The books");
        report.line("on disk   " + text(disk));
        report.line("file rows " + text(rows));
        report.line("charged   " + text(used));
        if (!disk.equals(rows) || !rows.equals(used)) {
            throw new IllegalStateException("the books differ: %s on disk, %s in rows, %s charged"
                    .formatted(text(disk), text(rows), text(used)));
        }
    }

    private StorageQuota reportQuota(AccountId account) {
        for (QuotaWarning warning : quotas.warnings(account.path())) {
            report.warning(warning);
        }
        StorageQuota quota = quotas.storageQuota(account.path());
        report.quota(quota);
        return quota;
    }

    private String figures(AccountId account) {
        StorageQuota quota = quotas.storageQuota(account.path());
        return "used %s, held %s".formatted(Report.amount(quota.usedQuota()), Report.amount(quota.reservedQuota()));
    }

    private static AllocationState state(UploadGuard guard, IncomingFile file) {
        return guard.find(file.account().path(), file.file(), file.version())
                .orElseThrow()
                .state();
    }

    /** Returns an image that is unique in its tenant, as file ids have to be, and the same in every run. */
    private static IncomingFile image(AccountId account, String name, long bytes) {
        String withinTenant = account.path().substring(account.tenant().length());
        String file = withinTenant.isEmpty() ? name : withinTenant.substring(1) + "/" + name;
        return new IncomingFile(account, file, bytes + "-bytes", "image", bytes, () -> new SampleImage(bytes));
    }

    private static String verdict(UploadHandler.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private static String text(Tally tally) {
        return "%d files, %s".formatted(tally.files(), Report.amount(tally.bytes()));
    }

    /** Ends the store's thread and closes the pool; with its last connection, H2 closes the database. */
    @Override
    public void close() {
        store.close();
        pool.close();
    }
}
