package io.github.quotaguard.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.spring.web.QuotaAuthorization.Operation;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** How an application with Spring Security says who may use the HTTP API, and whose quota an upload is charged to. */
class SpringSecurityExampleTest {

    private static WebStage stage;

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        SecurityAutoConfiguration.class,
        ServletWebSecurityAutoConfiguration.class,
        SecurityFilterAutoConfiguration.class
    })
    static class Application {

        @Bean
        SecurityFilterChain security(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .csrf(csrf -> csrf.disable())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("ann")
                            .password("{noop}secret")
                            .roles("MEMBER_acme")
                            .build(),
                    User.withUsername("bob")
                            .password("{noop}secret")
                            .roles("MEMBER_acme", "ADMIN")
                            .build());
        }

        /** Members read what their organisation uses, administrators of theirs clean it up too. */
        @Bean
        QuotaAuthorization quotaAuthorization() {
            return (operation, account, request) -> request.isUserInRole("MEMBER_" + account.tenant())
                    && (operation == Operation.READ || request.isUserInRole("ADMIN"));
        }

        /** Everybody uploads to an account of their own below the organisation. */
        @Bean
        QuotaAccountResolver quotaAccounts() {
            return request -> Optional.ofNullable(request.getRemoteUser()).map(user -> "acme/" + user);
        }
    }

    @BeforeAll
    static void start() {
        stage = WebStage.start(Application.class, "quota.web.api.enabled=true", "quota.limits.bytes=4MB");
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    private static String credentials(String user) {
        byte[] credentials = (user + ":secret").getBytes(StandardCharsets.US_ASCII);
        return "Basic " + Base64.getEncoder().encodeToString(credentials);
    }

    @ParameterizedTest
    @CsvSource({"ann, acme, 200", "ann, other, 403", "ann, acm, 403", "eve, acme, 401"})
    void shouldShowAnOrganisationToItsMembers(String user, String organization, int status) {
        assertThat(stage.get("/attachments/quota/" + organization, "Authorization", credentials(user))
                        .statusCode())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "ann, ?organizationId=acme, 403",
        // Allowed; but no files can be deleted here.
        "bob, ?organizationId=acme, 501",
        "bob, ?organizationId=other, 403",
        "bob, '', 403"
    })
    void shouldLetAdministratorsCleanUpTheirOwn(String user, String query, int status) {
        assertThat(stage.send(stage.request("/attachments/cleanup" + query)
                                .header("Authorization", credentials(user))
                                .POST(BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(status);
    }

    @Test
    void shouldKnowTheUserBeforeItRefusesAnUpload() throws IOException {
        try (RawClient client = new RawClient(stage.port())) {
            client.sendHead("POST /files HTTP/1.1", "Authorization: " + credentials("ann"), "Content-Length: 10000000");
            assertThat(client.readHead()).contains("http/1.1 507 ");
        }
        try (RawClient client = new RawClient(stage.port())) {
            client.sendHead("POST /files HTTP/1.1", "Content-Length: 10000000");
            assertThat(client.readHead()).contains("http/1.1 401 ");
        }
    }
}
