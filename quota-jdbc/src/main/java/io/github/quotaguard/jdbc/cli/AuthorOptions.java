package io.github.quotaguard.jdbc.cli;

import picocli.CommandLine.Option;

/** Who changes something, and why. */
final class AuthorOptions {

    @Option(
            names = "--actor",
            required = true,
            paramLabel = "NAME",
            description = "who changes it, for the audit. Example: --actor ops:kim")
    private String actor = "";

    @Option(
            names = "--reason",
            required = true,
            paramLabel = "TEXT",
            description = "why, for the audit. Example: --reason 'contract 4711'")
    private String reason = "";

    String actor() {
        return actor;
    }

    String reason() {
        return reason;
    }
}
