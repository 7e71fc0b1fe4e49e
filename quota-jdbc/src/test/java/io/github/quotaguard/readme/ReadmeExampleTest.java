package io.github.quotaguard.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionManagerImple;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.Admission;
import io.github.quotaguard.Deletion;
import io.github.quotaguard.HistoryPoint;
import io.github.quotaguard.HistoryStep;
import io.github.quotaguard.LedgerPage;
import io.github.quotaguard.LedgerQuery;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.QuotaWarning;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.StorageQuota;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.UploadStream;
import io.github.quotaguard.WarningMonitor;
import io.github.quotaguard.jdbc.CachingQuotaPolicy;
import io.github.quotaguard.jdbc.JdbcQuotaPolicy;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.jdbc.JtaTransactions;
import io.github.quotaguard.jdbc.LimitOverrides;
import io.github.quotaguard.jdbc.PlanChange;
import io.github.quotaguard.jdbc.PlanEditor;
import io.github.quotaguard.jdbc.QuotaPlans;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.LedgerEntry;
import io.github.quotaguard.store.LimitCheck;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the example of README.md on a real database. What stands there is what stands here between the markers, in the
 * same order: {@link ReadmeTest} compares them.
 */
class ReadmeExampleTest {

    private static final long PHOTO = 438_407;
    private static final long LIMIT = 10_485_760;

    @TempDir
    private Path temp;

    private final DataSource dataSource = openDatabase();
    private final InputStream body = new ByteArrayInputStream(new byte[(int) PHOTO]);
    private final List<String> responses = new ArrayList<>();
    private final List<String> mails = new CopyOnWriteArrayList<>();
    private Path target;

    // README: begin
    JdbcUsageStore store =
            JdbcUsageStore.builder(dataSource).createSchemaIfMissing().build();

    QuotaPolicy policy = QuotaPolicy.fixed(QuotaLimits.ofBytes(10_485_760).withFiles(1_000));
    UploadGuard guard = UploadGuard.builder(store)
            .policy(policy)
            .reservationTtl(Duration.ofMinutes(15))
            .build();
    QuotaService quotas = QuotaService.of(store, policy);

    Upload upload = Upload.of("acme/user-7", "photo-1", 438_407).category("image");
    // README: end

    @BeforeEach
    void createFilesTable() throws SQLException {
        target = temp.resolve("stored");
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE files (id VARCHAR(255) PRIMARY KEY)");
        }
    }

    @AfterEach
    void close() {
        store.close();
        ((HikariDataSource) dataSource).close();
    }

    @Test
    void shouldReserveRunAndCommit() throws IOException {
        // README: begin
        String url = guard.upload(upload, reservation -> save(body)); // reserve, run, commit or release
        // README: end

        assertThat(url).endsWith("stored");
        assertThat(used()).isEqualTo(PHOTO);
    }

    @Test
    void shouldReleaseOnClose() throws IOException {
        // README: begin
        try (Reservation reservation = guard.reserve(upload)) {
            long stored = Files.copy(body, target);
            reservation.commit(stored); // not committed → released on close
        }
        // README: end

        assertThat(used()).isEqualTo(PHOTO);
    }

    @Test
    void shouldCommitWithTheRowOfTheFile() throws SQLException {
        // README: begin
        try (Reservation reservation = guard.reserve(upload); // before you take a connection
                Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            insertFileRow(connection);
            store.in(connection).commit(reservation); // takes effect with your commit
            connection.commit();
        }
        // README: end

        assertThat(used()).isEqualTo(PHOTO);
        assertThat(fileRows()).isEqualTo(1);
    }

    @Test
    void shouldJoinTransactionsOfJta() {
        DataSource enlisting = dataSource;
        TransactionManager transactionManager = new TransactionManagerImple();
        TransactionSynchronizationRegistry registry = new TransactionSynchronizationRegistryImple();

        // README: begin
        JdbcUsageStore joining = JdbcUsageStore.builder(enlisting)
                .join(new JtaTransactions(transactionManager, registry, enlisting))
                .build();
        // README: end

        try (joining) {
            assertThat(joining.usage(AccountId.of("acme")).total().usedBytes()).isZero();
        }
    }

    @Test
    void shouldSayWhyAnUploadIsRefused() throws IOException {
        guard.upload(Upload.of("acme/user-8", "large", LIMIT - PHOTO + 1), reservation -> "elsewhere");

        // README: begin
        try {
            guard.upload(upload, reservation -> save(body));
        } catch (QuotaExceededException e) { // the work was not run
            respond(507, "%d of %d bytes are left".formatted(e.available(), e.limit()));
        }

        Admission admission = guard.tryReserve(upload); // the same as a value
        if (admission instanceof Admission.Refused refused) {
            List<LimitCheck> exceeded = refused.violations(); // every limit, with its numbers
            respond(507, exceeded.toString());
        }
        // README: end

        assertThat(responses.get(0)).isEqualTo("507 438406 of 10485760 bytes are left");
        assertThat(responses.get(1)).contains("requested=438407", "used=10047354", "limit=10485760");
        assertThat(admission).isInstanceOf(Admission.Refused.class);
        assertThat(target).doesNotExist();
    }

    @Test
    void shouldFinishInAnotherRequest() {
        long actualBytes = PHOTO - 1;

        // README: begin
        String token = guard.reserve(upload).detach(); // beside a presigned URL, say

        guard.resume(token).commit(actualBytes); // in another request, on another node
        // README: end

        assertThat(used()).isEqualTo(actualBytes);
    }

    @Test
    void shouldCountWhileBytesFlow() throws IOException {
        // README: begin
        Upload video = Upload.ofUnknownSize("acme/user-7", "video-9").version("v2");
        try (UploadStream in = guard.stream(video, body)) { // reserves and renews as bytes flow
            Files.copy(in, target); // throws before the first byte that does not fit
            in.commit();
        }
        // README: end

        assertThat(used()).isEqualTo(PHOTO);
    }

    @Test
    void shouldReplaceAndForce() {
        guard.upload(upload, reservation -> "stored");
        guard.upload(Upload.of("acme", "report", 10).version("v1"), reservation -> "stored");

        // README: begin
        Upload changed = upload.overwrite(); // its commit deletes the versions that stand
        Upload second = Upload.of("acme", "report", 12).version("v2").replacing("v1");
        Upload evidence = Upload.of("acme", "evidence", 50_000_000).forced("legal hold");
        // README: end

        for (Upload each : List.of(changed, second, evidence)) {
            guard.upload(each, reservation -> "stored");
        }
        assertThat(used()).isEqualTo(PHOTO);
        assertThat(quotas.storageQuota("acme").usedQuota()).isEqualTo(PHOTO + 12 + 50_000_000);
        assertThat(quotas.storageQuota("acme").fileCount()).isEqualTo(3);
    }

    @Test
    void shouldDeleteAndAnswer() {
        guard.upload(upload, reservation -> "stored");

        // README: begin
        StorageQuota quota = quotas.storageQuota("acme/user-7"); // 4.18 % used, 10,047,353 left
        List<QuotaWarning> warnings = quotas.warnings("acme"); // none below 80 %
        Optional<Allocation> photo = guard.find("acme/user-7", "photo-1"); // what became of it?
        DeleteResult gone = guard.delete("acme/user-7", "photo-1"); // every version
        // README: end

        assertThat(quota.usedQuota()).isEqualTo(PHOTO);
        assertThat(quota.usagePercentage().orElseThrow()).isEqualByComparingTo("4.18");
        assertThat(quota.availableQuota()).isEqualTo(OptionalLong.of(10_047_353));
        assertThat(warnings).isEmpty();
        assertThat(photo).map(Allocation::state).contains(AllocationState.COMMITTED);
        assertThat(gone.freedBytes()).isEqualTo(PHOTO);
        assertThat(used()).isZero();
    }

    @Test
    void shouldTakeLimitsFromPlans() {
        // README: begin
        JdbcQuotaPolicy planned =
                JdbcQuotaPolicy.builder(store).defaultPlan("free").build();
        QuotaPlans plans = QuotaPlans.builder(planned).build();

        PlanEditor editor = plans.by("alice", "contract 4711"); // who, and why
        editor.define("free", QuotaLimits.ofBytes(10_485_760));
        editor.define("team", QuotaLimits.ofBytes(104_857_600).withBytes("image", 52_428_800));
        editor.assign("acme", "team");
        editor.override("acme", LimitOverrides.NONE.withBytes(209_715_200).withFiles(1_000));

        QuotaLimits limits = planned.limits(AccountId.of("acme")); // 200 MiB, 1,000 files, 50 MiB of images
        List<PlanChange> changes =
                plans.changesOfAccount("acme", Long.MAX_VALUE, 10).items();
        // README: end

        assertThat(limits)
                .isEqualTo(QuotaLimits.ofBytes(209_715_200).withFiles(1_000).withBytes("image", 52_428_800));
        assertThat(changes).extracting(PlanChange::from).containsExactly("plan=team", "none");
        assertThat(planned.limits(AccountId.of("globex"))).isEqualTo(QuotaLimits.ofBytes(LIMIT));
    }

    @Test
    void shouldKeepLimitsFromElsewhere() {
        // README: begin
        QuotaPolicy cached = CachingQuotaPolicy.builder(account -> askBilling(account))
                .timeToLive(Duration.ofMinutes(1))
                .staleFor(Duration.ofHours(1)) // while billing is down; after that, uploads fail
                .build();
        // README: end

        assertThat(cached.limits(AccountId.of("acme"))).isEqualTo(QuotaLimits.ofBytes("acme".length()));
    }

    @Test
    void shouldGrantAGrace() {
        // README: begin
        QuotaLimits plan = QuotaLimits.ofBytes(12_884_901_888L).withSoftBytes(10_737_418_240L, Duration.ofDays(7));
        // README: end

        assertThat(plan.softBytes()).isPresent();
    }

    @Test
    void shouldTellOfThresholds() {
        // README: begin
        WarningMonitor monitor = WarningMonitor.builder(store)
                .policy(policy)
                .listener(event -> mail(event.id(), event.warning().message()))
                .build()
                .start();
        // README: end

        try (monitor) {
            guard.upload(Upload.of("acme/user-7", "large", 9_000_000), reservation -> "stored");
            await().until(() -> mails.size() == 2);
            assertThat(mails).anyMatch(mail -> mail.contains("acme/user-7 has used 8.5 MiB of 10.0 MiB (85.83%)"));
        }
    }

    @Test
    void shouldListTheLedger() {
        guard.upload(upload.actor("user:7"), reservation -> "stored");
        Instant monday = Instant.EPOCH;

        // README: begin
        LedgerPage page =
                quotas.ledger("acme", LedgerQuery.newest(50).category("image").from(monday));
        for (LedgerEntry listed : page.entries()) {
            Entry entry = listed.entry();
            print(entry.settledAt(), entry.kind(), entry.bytes(), entry.actor(), entry.reason(), listed.balanceAfter());
        }
        // README: end

        assertThat(responses).singleElement().asString().contains("COMMIT, 438407, user:7, null, 438407");
    }

    @Test
    void shouldDeleteInSomebodysName() {
        guard.upload(upload, reservation -> "stored");

        // README: begin
        guard.delete(Deletion.of("acme/user-7", "photo-1").actor("support:kim").reason("ticket 4711"));
        // README: end

        assertThat(quotas.ledger("acme", LedgerQuery.newest(1))
                        .entries()
                        .get(0)
                        .entry()
                        .actor())
                .isEqualTo("support:kim");
    }

    @Test
    void shouldTellTheHistory() {
        guard.upload(upload, reservation -> "stored");
        Instant to = Instant.now().plus(Duration.ofDays(1));
        Instant from = to.minus(Duration.ofDays(30));

        // README: begin
        List<HistoryPoint> days = quotas.history("acme", from, to, HistoryStep.DAY, ZoneId.of("Europe/Berlin"));
        // README: end

        assertThat(days).hasSizeBetween(30, 31);
        assertThat(((HistoryPoint.Known) days.get(days.size() - 1)).bytes()).isEqualTo(PHOTO);
    }

    private void print(@Nullable Object... columns) {
        responses.add(Arrays.toString(columns));
    }

    private void mail(String id, String message) {
        mails.add(id + ": " + message);
    }

    private static QuotaLimits askBilling(AccountId account) {
        return QuotaLimits.ofBytes(account.path().length());
    }

    private static DataSource openDatabase() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
        config.setMaximumPoolSize(4);
        return new HikariDataSource(config);
    }

    private String save(InputStream bytes) throws IOException {
        Files.copy(bytes, target);
        return target.toUri().toString();
    }

    private void respond(int status, String message) {
        responses.add(status + " " + message);
    }

    private static void insertFileRow(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO files VALUES ('photo-1')");
        }
    }

    private long used() {
        return quotas.storageQuota("acme/user-7").usedQuota();
    }

    private int fileRows() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM files")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
