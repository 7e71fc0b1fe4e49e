package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

/** Who owns the tables: the application's migrations, or the library beside them. */
class MigrationToolsTest {

    /** Held, since a logger that nobody holds forgets its level. */
    private static final Logger LIQUIBASE = Logger.getLogger("liquibase");

    private static final String FILES = "CREATE TABLE files (id VARCHAR(20));\n";

    @TempDir
    private Path directory;

    @BeforeAll
    static void silenceLiquibase() {
        LIQUIBASE.setLevel(Level.WARNING);
    }

    private enum Tool {
        FLYWAY(FlywayAutoConfiguration.class) {
            @Override
            String[] properties(Path directory, List<String> migrations) {
                for (int i = 0; i < migrations.size(); i++) {
                    write(directory.resolve("V%s__step.sql".formatted(i + 1)), migrations.get(i));
                }
                return new String[] {"spring.flyway.locations=filesystem:" + directory};
            }
        },
        LIQUIBASE(LiquibaseAutoConfiguration.class) {
            @Override
            String[] properties(Path directory, List<String> migrations) {
                StringBuilder changes = new StringBuilder("--liquibase formatted sql\n");
                for (int i = 0; i < migrations.size(); i++) {
                    changes.append("\n--changeset app:%s\n%s".formatted(i + 1, migrations.get(i)));
                }
                Path log = directory.resolve("changelog.sql");
                write(log, changes.toString());
                return new String[] {"spring.liquibase.change-log=" + log.toUri()};
            }
        };

        private final Class<?> configuration;

        Tool(Class<?> configuration) {
            this.configuration = configuration;
        }

        abstract String[] properties(Path directory, List<String> migrations);

        private static void write(Path file, String text) {
            try {
                Files.writeString(file, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private ApplicationContextRunner application(Tool tool, String url, String... migrations) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class, tool.configuration, QuotaAutoConfiguration.class))
                .withPropertyValues("spring.datasource.url=" + url)
                .withPropertyValues(tool.properties(directory, List.of(migrations)));
    }

    @ParameterizedTest
    @EnumSource
    void shouldCreateItsTablesBesideThoseOfTheMigrations(Tool tool) {
        ApplicationContextRunner application = application(tool, SpringStage.Database.POSTGRESQL.url(), FILES)
                .withPropertyValues("quota.jdbc.initialize-schema=always");

        for (int start = 0; start < 2; start++) {
            String file = "photo-" + start;
            application.run(context -> {
                context.getBean(UploadGuard.class).upload(Upload.of("acme", file, 400), reservation -> "kept");
                assertThat(new JdbcTemplate(context.getBean(DataSource.class)).queryForList("SELECT id FROM files"))
                        .isEmpty();
            });
        }

        application.run(context -> assertThat(
                        context.getBean(QuotaService.class).storageQuota("acme").usedQuota())
                .isEqualTo(800));
    }

    @ParameterizedTest
    @EnumSource
    void shouldWorkOnTablesThatTheMigrationsHaveCreatedInASchemaOfTheirOwn(Tool tool) {
        String url = SpringStage.Database.POSTGRESQL.url();

        application(tool, url, FILES, "CREATE SCHEMA billing;\n", script(url))
                .withPropertyValues(
                        "quota.jdbc.initialize-schema=never",
                        "quota.jdbc.schema=billing",
                        "quota.jdbc.table-prefix=acme_")
                .run(context -> {
                    context.getBean(UploadGuard.class).upload(Upload.of("acme", "photo-1", 400), reservation -> "kept");

                    assertThat(context.getBean(QuotaService.class)
                                    .storageQuota("acme")
                                    .usedQuota())
                            .isEqualTo(400);
                    assertThat(new JdbcTemplate(context.getBean(DataSource.class))
                                    .queryForList(
                                            "SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_name LIKE 'acme@_%' ESCAPE '@'",
                                            String.class))
                            .containsExactly("billing");
                });
    }

    @Test
    void shouldCreateASchemaOnlyWhereTheLibraryIsToldTo() {
        application(Tool.FLYWAY, SpringStage.Database.POSTGRESQL.url(), FILES)
                .run(context -> assertThat(
                                new JdbcTemplate(context.getBean(DataSource.class))
                                        .queryForList(
                                                "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'quota@_%' ESCAPE '@'"))
                        .isEmpty());
    }

    private static String script(String url) {
        try (HikariDataSource dataSource = new HikariDataSource()) {
            dataSource.setJdbcUrl(url);
            return JdbcUsageStore.builder(dataSource)
                    .schema("billing")
                    .tablePrefix("acme_")
                    .schemaScript();
        }
    }
}
