package io.github.quotaguard.readme;

import io.github.quotaguard.QuotaListener;
import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.jdbc.SqlInventory;
import io.github.quotaguard.reconcile.FileInventory;
import io.github.quotaguard.spring.web.QuotaAccountResolver;
import io.github.quotaguard.spring.web.QuotaAuthorization;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/** The examples of README.md about Spring Boot, as an application has them. */
@Configuration(proxyBeanMethods = false)
@Import({PhotoService.class, VideoController.class})
class SpringExamples {

    // README: begin
    @Bean
    QuotaAccountResolver accounts() { // refuses by Content-Length, before the body is read
        return request -> Optional.ofNullable(request.getRemoteUser());
    }

    @Bean
    QuotaAuthorization authorization() { // who may use the HTTP API; without this bean, nobody
        return (operation, account, request) -> request.isUserInRole("QUOTA_" + account.tenant());
    }

    @Bean
    FileInventory inventory(DataSource dataSource) { // what there really is; turns Reconciler on
        String photos =
                "SELECT 'photo-' || id AS file, octet_length(bytes) AS bytes, stored_at AS last_modified FROM photos";
        return SqlInventory.builder(dataSource)
                .table(
                        photos + " WHERE org = :account",
                        photos + " WHERE org = :account AND 'photo-' || id IN (:files)")
                .tenants("SELECT DISTINCT org FROM photos")
                .build();
    }

    @Bean
    FileDeleter deleter(JdbcTemplate jdbc) { // deletes what is past its time; turns TemporaryFiles on
        return file -> jdbc.update(
                "DELETE FROM photos WHERE org = ? AND 'photo-' || id = ?",
                file.account().path(),
                file.file());
    }

    @Bean
    QuotaListener listener(Mails mails) { // is told of 80, 90 and 100 %; turns WarningMonitor on
        return event -> mails.send(event.id(), event.warning().message());
    }
    // README: end

    /** How the application tells people. */
    interface Mails {
        void send(String id, String text);
    }
}
