package io.github.quotaguard.sample;

import io.github.quotaguard.LedgerPage;
import io.github.quotaguard.LedgerQuery;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.LedgerEntry;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The ledger of an organisation, page by page. */
@RestController
class LedgerController {

    private static final int PAGE_SIZE = 8;

    private final QuotaService quotas;

    LedgerController(QuotaService quotas) {
        this.quotas = quotas;
    }

    record PageView(List<EntryView> entries, @Nullable String next) {}

    record EntryView(
            long number,
            Instant settledAt,
            EntryKind kind,
            @Nullable String file,
            long bytes,
            long balanceAfter,
            @Nullable String actor,
            @Nullable String reason) {

        static EntryView of(LedgerEntry listed) {
            Entry entry = listed.entry();
            String id = entry.id() == null ? null : entry.id().file();
            return new EntryView(
                    entry.seq(),
                    entry.settledAt(),
                    entry.kind(),
                    entry.metadata().getOrDefault("name", id),
                    entry.bytes(),
                    listed.balanceAfter(),
                    entry.actor(),
                    entry.reason());
        }
    }

    @GetMapping("/organizations/{organization}/ledger")
    PageView ledger(@PathVariable String organization, @RequestParam(required = false) @Nullable String after) {
        LedgerQuery newest = LedgerQuery.newest(PAGE_SIZE);
        LedgerPage page =
                quotas.ledger(Organization.of(organization).id(), after == null ? newest : newest.after(after));
        return new PageView(
                page.entries().stream().map(EntryView::of).toList(),
                page.nextCursor().orElse(null));
    }
}
