package io.github.quotaguard.sample;

import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.jdbc.SqlInventory;
import io.github.quotaguard.reconcile.FileInventory;
import io.github.quotaguard.spring.web.QuotaAccountResolver;
import io.github.quotaguard.spring.web.QuotaAuthorization;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** A web application that guards its uploads. All that it tells the library stands here and in the properties. */
@SpringBootApplication(proxyBeanMethods = false)
public class SampleApplication {

    private static final Pattern UPLOAD = Pattern.compile("/organizations/([^/]+)/files/[^/]+");

    /**
     * Starts the service, which runs until it is interrupted.
     *
     * @param arguments properties, such as {@code --server.port=8080}
     */
    public static void main(String[] arguments) {
        ConfigurableApplicationContext service = start(arguments);
        System.out.printf(
                "The sample runs at %s, its data are in %s. Ctrl-C ends it.%n",
                url(service), service.getEnvironment().getProperty("sample.directory"));
    }

    static ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(SampleApplication.class)
                .bannerMode(Banner.Mode.OFF)
                // Of its own, since other tests would find an application.properties at the root too.
                .properties(Map.of("spring.config.location", "classpath:/sample/"))
                .run(arguments);
    }

    static String url(ConfigurableApplicationContext service) {
        return "http://localhost:%d/"
                .formatted(
                        ((WebServerApplicationContext) service).getWebServer().getPort());
    }

    @Bean
    QuotaPolicy limits() {
        return account -> Organization.of(account.tenant()).limits();
    }

    @Bean
    FileInventory inventory(DataSource dataSource) {
        String files = "SELECT id AS file, size AS bytes, category, created_at AS last_modified FROM attachments";
        return SqlInventory.builder(dataSource)
                .table(
                        files + " WHERE organization = :account",
                        files + " WHERE organization = :account AND id IN (:files)")
                .tenants("SELECT DISTINCT organization FROM attachments")
                .build();
    }

    /** Whose quota an upload would be charged to, so that one that can not fit is refused before its body is sent. */
    @Bean
    QuotaAccountResolver accounts() {
        return request -> Optional.of(UPLOAD.matcher(request.getServletPath()))
                .filter(Matcher::matches)
                .map(upload -> upload.group(1))
                .filter(id -> Organization.find(id).isPresent());
    }

    /** Whoever asks may read, since the sample knows no users; an application asks Spring Security. */
    @Bean
    QuotaAuthorization authorization() {
        return (operation, account, request) ->
                Organization.find(account.tenant()).isPresent();
    }

    @Bean
    FileDeleter deleter(AttachmentRows rows, AttachmentFiles files) {
        return expired -> {
            rows.delete(expired.account().path(), expired.file());
            files.delete(expired.file());
        };
    }
}
