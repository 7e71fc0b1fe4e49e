package io.github.quotaguard;

import static io.github.quotaguard.Explanation.Decision.ADMIT;
import static io.github.quotaguard.Explanation.Decision.ALREADY_STORED;
import static io.github.quotaguard.Explanation.Decision.CONFLICT;
import static io.github.quotaguard.Explanation.Decision.REFUSE;
import static io.github.quotaguard.Explanation.Decision.RENEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.Usage;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExplanationTest {

    private static final AccountId ACME = AccountId.of("acme");
    private static final AccountId USER = AccountId.of("acme/user-7");
    private static final Category IMAGE = new Category("image");

    private final InMemoryUsageStore store = new InMemoryUsageStore(new TestClock());
    private final Map<AccountId, QuotaLimits> limits = new HashMap<>();
    private final QuotaPolicy policy = account -> limits.getOrDefault(account, QuotaLimits.unlimited());
    private final UploadGuard guard =
            UploadGuard.builder(store).policy(policy).clock(new TestClock()).build();
    private final QuotaService quotas = QuotaService.of(store, policy);

    @Test
    void shouldShowEveryLimitAtEveryLevelWithItsNumbers() {
        guard.upload(Upload.of("acme/user-7", "photo-1", 300).category("image"), reservation -> "saved");
        guard.reserve(Upload.of("acme/user-8", "photo-2", 200).category("image"));
        guard.upload(Upload.of("acme/user-8", "note", 50), reservation -> "saved");
        limits.put(
                ACME,
                QuotaLimits.ofBytes(1_000).withFiles(10).withBytes("image", 900).withBytesPerFile(500));
        limits.put(
                USER,
                QuotaLimits.ofBytes(700).withFiles(5).withBytes("image", 600).withBytesPerFile(400));

        Explanation explanation =
                quotas.explain(Upload.of("acme/user-7", "photo-3", 100).category("image"));

        assertThat(explanation.decision()).isEqualTo(ADMIT);
        assertThat(explanation.reason()).isEqualTo("it fits into every limit");
        assertThat(explanation.standing()).isEmpty();
        assertThat(explanation.checks())
                .containsExactly(
                        new LimitCheck(ACME, MetricType.BYTES, null, 100, 350, 200, 1_000),
                        new LimitCheck(ACME, MetricType.FILES, null, 1, 2, 1, 10),
                        new LimitCheck(ACME, MetricType.FILE_BYTES, null, 100, 0, 0, 500),
                        new LimitCheck(ACME, MetricType.CATEGORY_BYTES, IMAGE, 100, 300, 200, 900),
                        new LimitCheck(USER, MetricType.BYTES, null, 100, 300, 0, 700),
                        new LimitCheck(USER, MetricType.FILES, null, 1, 1, 0, 5),
                        new LimitCheck(USER, MetricType.FILE_BYTES, null, 100, 0, 0, 400),
                        new LimitCheck(USER, MetricType.CATEGORY_BYTES, IMAGE, 100, 300, 0, 600));
    }

    @Test
    void shouldLeaveOutLimitsThatAreNotSet() {
        limits.put(USER, QuotaLimits.ofBytes(700));

        assertThat(quotas.explain(Upload.of("acme/user-7", "photo-3", 100).category("image"))
                        .checks())
                .containsExactly(new LimitCheck(USER, MetricType.BYTES, null, 100, 0, 0, 700));
    }

    @Test
    void shouldRefuseWithTheReasonThatReserveGives() {
        limits.put(ACME, QuotaLimits.ofBytes(99).withFiles(10));
        Upload photo = Upload.of("acme/user-7", "photo-1", 100);

        Explanation explanation = quotas.explain(photo);

        QuotaExceededException refused = catchThrowableOfType(QuotaExceededException.class, () -> guard.reserve(photo));
        assertThat(explanation.decision()).isEqualTo(REFUSE);
        assertThat(explanation.reason()).isEqualTo(refused.getMessage());
        assertThat(explanation.checks()).filteredOn(LimitCheck::isExceeded).isEqualTo(refused.violations());
    }

    @Test
    void shouldChangeNothing() {
        limits.put(ACME, QuotaLimits.ofBytes(100));

        quotas.explain(Upload.of("acme", "photo-1", 100));
        quotas.explain(Upload.of("acme", "photo-1", 101));

        assertThat(store.usage(ACME).total()).isEqualTo(Usage.NONE);
        assertThat(guard.find("acme", "photo-1")).isEmpty();
    }

    @Test
    void shouldRecogniseAnUploadUnderWay() {
        Upload photo = Upload.of("acme", "photo-1", 100);
        Reservation underWay = guard.reserve(photo);

        Explanation explanation = quotas.explain(photo);

        assertThat(explanation.decision()).isEqualTo(RENEW);
        assertThat(explanation.standing()).contains(underWay.allocation());
        assertThat(explanation.reason())
                .isEqualTo("the same upload: acme:photo-1 of acme, 100 bytes, RESERVED since " + TestClock.START);
        assertThat(explanation.checks()).isEmpty();
    }

    @Test
    void shouldRecogniseAStoredUpload() {
        Upload photo = Upload.of("acme", "photo-1", 100);
        guard.upload(photo, reservation -> "saved");
        limits.put(ACME, QuotaLimits.ofBytes(0));

        Explanation explanation = quotas.explain(photo);

        assertThat(explanation.decision()).isEqualTo(ALREADY_STORED);
        assertThat(explanation.standing()).isEqualTo(guard.find("acme", "photo-1"));
    }

    @Test
    void shouldSayThatTheIdIsTakenByOtherArguments() {
        Reservation underWay = guard.reserve(Upload.of("acme", "photo-1", 100));

        Explanation explanation = quotas.explain(Upload.of("acme", "photo-1", 101));

        assertThat(explanation.decision()).isEqualTo(CONFLICT);
        assertThat(explanation.standing()).contains(underWay.allocation());
        assertThat(explanation.reason()).contains("other arguments", "RESERVED");
    }

    @Test
    void shouldSayThatTheFileBelongsToAnotherAccountOrCategory() {
        guard.upload(Upload.of("acme/user-8", "photo-1", 100).version("v1"), reservation -> "saved");

        Explanation otherAccount =
                quotas.explain(Upload.of("acme/user-7", "photo-1", 100).version("v2"));
        Explanation otherCategory = quotas.explain(
                Upload.of("acme/user-8", "photo-1", 100).version("v2").category("image"));

        assertThat(otherAccount.decision()).isEqualTo(CONFLICT);
        assertThat(otherAccount.reason()).contains("acme:photo-1@v1 of acme/user-8");
        assertThat(otherCategory.decision()).isEqualTo(CONFLICT);
        assertThat(otherCategory.standing()).isEqualTo(guard.find("acme/user-8", "photo-1", "v1"));
    }

    @Test
    void shouldAdmitAForcedUploadAndStillShowWhatItPasses() {
        limits.put(ACME, QuotaLimits.ofBytes(99));

        Explanation explanation =
                quotas.explain(Upload.of("acme", "photo-1", 100).forced("ticket 4711"));

        assertThat(explanation.decision()).isEqualTo(ADMIT);
        assertThat(explanation.reason()).isEqualTo("it is forced: ticket 4711");
        assertThat(explanation.checks()).singleElement().matches(LimitCheck::isExceeded);
    }

    @Test
    void shouldAskOnlyForTheDifferenceToWhatIsReplaced() {
        guard.upload(Upload.of("acme", "photo-1", 80).version("v1"), reservation -> "saved");
        limits.put(ACME, QuotaLimits.ofBytes(100).withFiles(1).withBytesPerFile(100));

        Explanation explanation =
                quotas.explain(Upload.of("acme", "photo-1", 100).version("v2").replacing("v1"));

        assertThat(explanation.decision()).isEqualTo(ADMIT);
        assertThat(explanation.checks())
                .containsExactly(
                        new LimitCheck(ACME, MetricType.BYTES, null, 20, 80, 0, 100),
                        new LimitCheck(ACME, MetricType.FILES, null, 0, 1, 0, 1),
                        new LimitCheck(ACME, MetricType.FILE_BYTES, null, 100, 0, 0, 100));
    }

    @Test
    void shouldRefuseLikeReserveWhatNoCounterCanHold() {
        guard.upload(Upload.of("acme", "photo-1", Long.MAX_VALUE), reservation -> "saved");
        Upload oneMore = Upload.of("acme", "photo-2", 1);

        assertThat(guard.tryReserve(oneMore)).isInstanceOf(Admission.Refused.class);
        assertThat(quotas.explain(oneMore).decision()).isEqualTo(REFUSE);
        assertThat(quotas.explain(oneMore).reason()).contains("acme counts at most 9223372036854775807 bytes");
        assertThat(guard.tryReserve(oneMore.forced("because"))).isInstanceOf(Admission.Refused.class);
        assertThat(quotas.explain(oneMore.forced("because")).decision()).isEqualTo(REFUSE);
    }
}
