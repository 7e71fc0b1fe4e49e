package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.quotaguard.contract.SettableClock;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LedgerQueryTest {

    private final SettableClock clock = new SettableClock();
    private final InMemoryUsageStore store = new InMemoryUsageStore(clock);
    private final QuotaPolicy policy = QuotaPolicy.fixed(QuotaLimits.unlimited());
    private final UploadGuard guard =
            UploadGuard.builder(store).policy(policy).clock(clock).build();
    private final QuotaService quotas = QuotaService.of(store, policy);

    private void fill() {
        for (int i = 0; i < 5; i++) {
            Upload upload = Upload.of("acme/user-7", "photo-" + i, 1L << i).actor("kim");
            guard.reserve(i % 2 == 0 ? upload.category("image") : upload).commit();
        }
    }

    @Test
    void shouldTurnThePagesByCursor() {
        fill();
        LedgerQuery query = LedgerQuery.newest(2);
        List<Long> balances = new ArrayList<>();

        LedgerPage page = quotas.ledger("acme", query);
        while (page.nextCursor().isPresent()) {
            assertThat(page.nextCursor().get()).matches("[A-Za-z0-9_-]+");
            page.entries().forEach(entry -> balances.add(entry.balanceAfter()));
            page = quotas.ledger("acme", query.after(page.nextCursor().get()));
        }
        page.entries().forEach(entry -> balances.add(entry.balanceAfter()));

        assertThat(balances).containsExactly(31L, 15L, 7L, 3L, 1L);
        assertThat(page.entries().get(0).entry().actor()).isEqualTo("kim");
    }

    @Test
    void shouldFilterByCategoryAndTime() {
        fill();
        Instant now = clock.instant();

        assertThat(quotas.ledger("acme", LedgerQuery.newest(10).category("image"))
                        .entries())
                .extracting(LedgerEntry::balanceAfter)
                .containsExactly(31L, 7L, 1L);
        assertThat(quotas.ledger("acme", LedgerQuery.newest(10).withoutCategory())
                        .entries())
                .extracting(LedgerEntry::balanceAfter)
                .containsExactly(15L, 3L);
        assertThat(quotas.ledger("acme", LedgerQuery.newest(10).from(now)).entries())
                .hasSize(5);
        assertThat(quotas.ledger("acme", LedgerQuery.newest(10).to(now)).entries())
                .isEmpty();
        assertThat(quotas.ledger("acme", LedgerQuery.newest(10).from(now.plusNanos(1)))
                        .entries())
                .isEmpty();
    }

    @Test
    void shouldRefuseACursorThatIsDamagedOrOfAnotherQuery() {
        fill();
        LedgerQuery query = LedgerQuery.newest(2);
        String cursor = quotas.ledger("acme", query).nextCursor().orElseThrow();

        for (int i = 0; i < cursor.length(); i++) {
            char other = cursor.charAt(i) == 'x' ? 'y' : 'x';
            String damaged = cursor.substring(0, i) + other + cursor.substring(i + 1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> quotas.ledger("acme", query.after(damaged)))
                    .satisfies(refusal -> assertThat(
                                    refusal.getCause() == null
                                            ? ""
                                            : refusal.getCause().getMessage())
                            .isNotEqualTo(refusal.getMessage()));
        }
        for (String damaged : List.of("", cursor.substring(1), cursor + "A", cursor + "==", "ä")) {
            assertThatIllegalArgumentException().isThrownBy(() -> quotas.ledger("acme", query.after(damaged)));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> quotas.ledger("acme/user-7", query.after(cursor)));
        for (LedgerQuery other : List.of(
                query.category("image"), query.withoutCategory(), query.from(Instant.EPOCH), query.to(Instant.MAX))) {
            assertThatIllegalArgumentException().isThrownBy(() -> quotas.ledger("acme", other.after(cursor)));
        }
        assertThat(quotas.ledger("acme", LedgerQuery.newest(1).after(cursor)).entries())
                .hasSize(1);
    }

    @Test
    void shouldNameTheArgumentThatIsNull() {
        Instant now = clock.instant();
        Map<String, ThrowingCallable> calls = Map.of(
                "deletion", () -> guard.delete((Deletion) null),
                "query", () -> quotas.ledger("acme", null),
                "from", () -> quotas.history("acme", null, now, HistoryStep.DAY, ZoneOffset.UTC),
                "to", () -> quotas.history("acme", now, null, HistoryStep.DAY, ZoneOffset.UTC),
                "step", () -> quotas.history("acme", now, now, null, ZoneOffset.UTC),
                "zone", () -> quotas.history("acme", now, now, HistoryStep.DAY, null),
                "before", () -> store.ledger().orElseThrow().rollUp("acme", null, 1));

        calls.forEach((name, call) ->
                assertThatNullPointerException().isThrownBy(call).withMessage(name));
    }

    @Test
    void shouldRefuseAPageSizeOutsideItsRange() {
        for (int size : new int[] {-1, 0, 1_001}) {
            assertThatIllegalArgumentException().isThrownBy(() -> LedgerQuery.newest(size));
        }
        assertThat(quotas.ledger("acme", LedgerQuery.newest(1_000)))
                .isEqualTo(new LedgerPage(List.of(), Optional.empty()));
    }

    @Test
    void shouldRecordWhoDeletedAndWhy() {
        fill();

        guard.delete(Deletion.of("acme/user-7", "photo-4").actor("support").reason("ticket 4711"));
        guard.delete("acme/user-7", "photo-3");

        List<Entry> newest = quotas.ledger("acme", LedgerQuery.newest(2)).entries().stream()
                .map(LedgerEntry::entry)
                .toList();
        assertThat(newest).extracting(Entry::actor).containsExactly(null, "support");
        assertThat(newest).extracting(Entry::reason).containsExactly(null, "ticket 4711");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Deletion.of("acme", "photo").actor(""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Deletion.of("acme", "photo").reason("x".repeat(256)));
    }

    @Test
    void shouldNeverLetTheTimesOfSettlementGoBackWithTheClock() {
        fill();
        Instant before = clock.instant();
        clock.advance(Duration.ofHours(-1));
        guard.reserve(Upload.of("acme", "later", 1)).commit();

        Entry last =
                quotas.ledger("acme", LedgerQuery.newest(1)).entries().get(0).entry();
        assertThat(last.settledAt()).isEqualTo(before);
        assertThat(last.recordedAt()).isBefore(before);
    }
}
