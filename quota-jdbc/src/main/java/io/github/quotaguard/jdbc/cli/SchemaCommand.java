package io.github.quotaguard.jdbc.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Creates the tables. */
@Command(
        name = "schema",
        description = {
            "Creates the tables that are missing. May be done again.",
            "Example: quota schema --print > V1__quota.sql"
        })
final class SchemaCommand implements Callable<Integer> {

    @Option(
            names = "--print",
            description = "creates nothing, and prints the script for the database of --url. Example: --print")
    private boolean isPrinted;

    private final QuotaCommand quota;

    SchemaCommand(QuotaCommand quota) {
        this.quota = quota;
    }

    @Override
    public Integer call() {
        Database.Tables tables = isPrinted ? Database.Tables.NOT_NEEDED : Database.Tables.CREATED;
        try (Database database = new Database(quota.settings(), tables)) {
            if (!isPrinted) {
                quota.print(
                        new Document().headline(true, "the tables are there").put("created", true));
            } else if (quota.isJson()) {
                quota.print(new Document().put("script", database.schemaScript()));
            } else {
                quota.terminal().out().print(database.schemaScript());
            }
        }
        return ExitCode.DONE;
    }
}
