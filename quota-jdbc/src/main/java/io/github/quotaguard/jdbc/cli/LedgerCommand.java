package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.LedgerPage;
import io.github.quotaguard.LedgerQuery;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.LedgerEntry;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what happened to an account. */
@Command(
        name = "ledger",
        description = {
            "Lists what happened to an account, newest first, with the bytes it used afterwards.",
            "Example: quota ledger acme --from 2026-11-01 --size 20"
        })
final class LedgerCommand extends DatabaseCommand {

    @Parameters(paramLabel = "ACCOUNT", description = "the account. Example: acme or acme/user-7")
    private String account = "";

    @Option(names = "--from", paramLabel = "TIME", description = "from then on, UTC. Example: --from 2026-11-01")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "before then. Example: --to 2026-11-02T08:30:00Z")
    private @Nullable String to;

    @Option(names = "--category", paramLabel = "NAME", description = "of one category. Example: --category image")
    private @Nullable String category;

    @Option(
            names = "--size",
            paramLabel = "N",
            defaultValue = "50",
            description = "how many, 1 to 1000 (default: ${DEFAULT-VALUE}). Example: --size 20")
    private int size;

    @Option(
            names = "--after",
            paramLabel = "CURSOR",
            description = "the page behind the one that named this cursor. Example: --after AAAAAAAAAB4")
    private @Nullable String after;

    LedgerCommand(QuotaCommand quota) {
        super(quota);
    }

    private LedgerQuery query() {
        LedgerQuery query = LedgerQuery.newest(size);
        if (from != null) {
            query = query.from(Times.parse("--from", from, ZoneOffset.UTC));
        }
        if (to != null) {
            query = query.to(Times.parse("--to", to, ZoneOffset.UTC));
        }
        if (category != null) {
            query = query.category(category);
        }
        return after == null ? query : query.after(after);
    }

    @Override
    int run(Database database) {
        LedgerPage page = QuotaService.of(database.store(), QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .ledger(account, query());
        quota().print(new Document()
                .put("account", account)
                .put("nextCursor", page.nextCursor())
                .put(
                        "entries",
                        page.entries().stream().map(LedgerCommand::document).toList()));
        return ExitCode.DONE;
    }

    private static Document document(LedgerEntry line) {
        Entry entry = line.entry();
        return new Document()
                .put("seq", entry.seq())
                .put("settledAt", entry.settledAt())
                .put("kind", entry.kind())
                .put("account", entry.account().path())
                .put(
                        "file",
                        entry.id() == null ? Document.Absent.NONE : entry.id().file())
                .put("version", entry.id() == null ? "" : entry.id().version())
                .put("category", ReconcileDocuments.name(entry.category()))
                .putBytes("bytes", entry.bytes())
                .putBytes("balance", line.balanceAfter())
                .put("actor", entry.actor(), Document.Absent.NONE)
                .put("reason", entry.reason(), Document.Absent.NONE);
    }
}
