package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.HistoryPoint;
import io.github.quotaguard.HistoryStep;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells how the usage of an account has changed. */
@Command(
        name = "history",
        description = {
            "Tells step by step how what an account uses has changed.",
            "Example: quota history acme --step month --from 2026-01-01"
        })
final class HistoryCommand extends DatabaseCommand {

    @Parameters(paramLabel = "ACCOUNT", description = "the account. Example: acme or acme/user-7")
    private String account = "";

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "the first step (default: a day, a month or a year before --to, by the step)."
                    + " Example: --from 2026-11-01")
    private @Nullable String from;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            description = "up to then (default: now). Example: --to 2026-11-02T08:30:00Z")
    private @Nullable String to;

    @Option(
            names = "--step",
            paramLabel = "STEP",
            defaultValue = "day",
            description = "hour, day or month (default: ${DEFAULT-VALUE}). Example: --step hour")
    private HistoryStep step = HistoryStep.DAY;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            defaultValue = "UTC",
            description = "by whose calendar (default: ${DEFAULT-VALUE}). Example: --zone Europe/Berlin")
    private String zone = "";

    HistoryCommand(QuotaCommand quota) {
        super(quota);
    }

    @Override
    int run(Database database) {
        ZoneId at = Times.zone(zone);
        Instant end = to == null ? Instant.now() : Times.parse("--to", to, at);
        Instant start = from == null ? end.minus(span()) : Times.parse("--from", from, at);
        List<HistoryPoint> points = QuotaService.of(database.store(), QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .history(account, start, end, step, at);
        quota().print(new Document()
                .put("account", account)
                .put("step", step)
                .put("zone", zone)
                .put("steps", points.stream().map(HistoryCommand::document).toList()));
        return ExitCode.DONE;
    }

    private Duration span() {
        return switch (step) {
            case HOUR -> Duration.ofDays(1);
            case DAY -> Duration.ofDays(30);
            case MONTH -> Duration.ofDays(365);
        };
    }

    private static Document document(HistoryPoint point) {
        Document document = new Document().put("start", point.start().toOffsetDateTime());
        if (point instanceof HistoryPoint.Known known) {
            return document.putBytes("bytes", known.bytes())
                    .put("files", known.files())
                    .putBytes("added", known.addedBytes())
                    .putBytes("removed", known.removedBytes())
                    .putBytes("peak", known.peakBytes());
        }
        return List.of("bytes", "files", "added", "removed", "peak").stream()
                .reduce(document, (row, name) -> row.put(name, Document.Absent.NONE), (one, other) -> one);
    }
}
