package io.github.quotaguard.jdbc;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class JdbcArchitectureTest {

    private static final String ROOT = "io.github.quotaguard";
    private static final String PACKAGE = ROOT + ".jdbc";

    /** What other people's code can name. A change here is a change of the public API: make it on purpose. */
    private static final String EXPORTED_TYPES = """
            io.github.quotaguard.jdbc.AccountPlan
            io.github.quotaguard.jdbc.CachedWarnings
            io.github.quotaguard.jdbc.CachingQuotaPolicy
            io.github.quotaguard.jdbc.CachingQuotaPolicy$Builder
            io.github.quotaguard.jdbc.CallerConnection
            io.github.quotaguard.jdbc.CallerTransactions
            io.github.quotaguard.jdbc.JdbcQuotaPolicy
            io.github.quotaguard.jdbc.JdbcQuotaPolicy$Builder
            io.github.quotaguard.jdbc.JdbcUsageStore
            io.github.quotaguard.jdbc.JdbcUsageStore$Builder
            io.github.quotaguard.jdbc.JtaTransactions
            io.github.quotaguard.jdbc.LimitOverrides
            io.github.quotaguard.jdbc.PlanChange
            io.github.quotaguard.jdbc.PlanEditor
            io.github.quotaguard.jdbc.PlanInUseException
            io.github.quotaguard.jdbc.QuotaPlan
            io.github.quotaguard.jdbc.QuotaPlans
            io.github.quotaguard.jdbc.QuotaPlans$Builder
            io.github.quotaguard.jdbc.SqlInventory
            io.github.quotaguard.jdbc.SqlInventory$Builder
            """;

    /** The classes that may know a data source. */
    private static final Set<String> CONNECTING = Set.of(
            PACKAGE + ".JdbcUsageStore",
            PACKAGE + ".JdbcUsageStore$Builder",
            PACKAGE + ".JtaTransactions",
            PACKAGE + ".OwnTransactions",
            PACKAGE + ".RowStream",
            PACKAGE + ".SchemaScript",
            PACKAGE + ".SqlInventory",
            PACKAGE + ".SqlInventory$Builder");

    private static final Path MAIN_CLASSES = mainClasses();
    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(MAIN_CLASSES);
    private static final ModuleDescriptor MODULE = ModuleFinder.of(MAIN_CLASSES)
            .find("io.github.quotaguard.jdbc")
            .orElseThrow()
            .descriptor();

    @Test
    void shouldExportExactlyTheseTypes() {
        assertThat(CLASSES.stream()
                        .filter(JdbcArchitectureTest::isExported)
                        .map(JavaClass::getName)
                        .sorted())
                .containsExactlyElementsOf(EXPORTED_TYPES.lines().toList());
    }

    @Test
    void shouldBeOnePackageThatIsExported() {
        assertThat(MODULE.packages()).containsExactly(PACKAGE);
        assertThat(MODULE.exports())
                .allMatch(exported -> !exported.isQualified())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactly(PACKAGE);
    }

    @Test
    void shouldRequireTheCoreAndJdbcBesideCachingTransactionsLoggingAndNullness() {
        assertThat(MODULE.requires())
                .extracting(ModuleDescriptor.Requires::name)
                .containsExactlyInAnyOrder(
                        "java.base",
                        "java.sql",
                        "io.github.quotaguard.core",
                        "com.github.benmanes.caffeine",
                        "jakarta.transaction",
                        "org.jspecify",
                        "org.slf4j");
    }

    @Test
    void shouldNeedNeitherNullnessAnnotationsNorTransactionsNorACacheAtRunTime() {
        assertThat(MODULE.requires())
                .filteredOn(required -> Set.of("org.jspecify", "jakarta.transaction", "com.github.benmanes.caffeine")
                        .contains(required.name()))
                .hasSize(3)
                .allSatisfy(required ->
                        assertThat(required.modifiers()).contains(ModuleDescriptor.Requires.Modifier.STATIC));
    }

    @Test
    void shouldUseNothingButTheCoreJdbcLoggingAndNullness() {
        Set<String> platform = Stream.of("java.base", "java.sql")
                .flatMap(module -> ModuleLayer.boot().findModule(module).orElseThrow().getPackages().stream())
                .collect(Collectors.toSet());

        classes()
                .that(describe(
                        "are neither for JTA nor for Caffeine",
                        type -> !type.getName().startsWith(PACKAGE + ".JtaTransactions")
                                && !type.getName().startsWith(PACKAGE + ".CachingQuotaPolicy")
                                && !type.getName().startsWith(PACKAGE + ".CachedWarnings")))
                .should()
                .onlyDependOnClassesThat(describe("are of java.base, java.sql, slf4j, jspecify or Quotaguard", type -> {
                    String name = type.getBaseComponentType().getPackageName();
                    return type.getBaseComponentType().isPrimitive()
                            || platform.contains(name)
                            || name.equals("org.slf4j")
                            || name.equals("org.jspecify.annotations")
                            || isOurs(name);
                }))
                .check(CLASSES);
    }

    @Test
    void shouldUseOfTheCoreOnlyApiAndSpi() {
        noClasses()
                .should()
                .dependOnClassesThat(describe(
                        "are ours but not of the API, the SPI or JDBC",
                        type -> isOurs(type.getPackageName())
                                && !Set.of(ROOT, ROOT + ".store", ROOT + ".reconcile", PACKAGE)
                                        .contains(type.getPackageName())))
                .check(CLASSES);
    }

    @Test
    void shouldOpenConnectionsInFewPlaces() {
        noClasses()
                .that(describe("are of no such place", type -> !CONNECTING.contains(type.getName())))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(DataSource.class)
                .check(CLASSES);
    }

    private static boolean isExported(JavaClass type) {
        return Stream.iterate(
                        Optional.of(type),
                        Optional::isPresent,
                        inner -> inner.get().getEnclosingClass())
                .allMatch(each -> each.orElseThrow().getModifiers().contains(JavaModifier.PUBLIC));
    }

    private static boolean isOurs(String packageName) {
        return packageName.equals(ROOT) || packageName.startsWith(ROOT + ".");
    }

    private static Path mainClasses() {
        try {
            return Path.of(JdbcUsageStore.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
