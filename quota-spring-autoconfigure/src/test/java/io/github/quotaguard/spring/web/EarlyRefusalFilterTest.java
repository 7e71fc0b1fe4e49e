package io.github.quotaguard.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.UsageStoreException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.ModelAndView;

class EarlyRefusalFilterTest {

    private static final long ALLOWANCE = 100;

    private final InMemoryUsageStore store = new InMemoryUsageStore();

    /** Of acme; what is below it has no limits of its own. */
    private QuotaLimits limits = QuotaLimits.ofBytes(1_000);

    private QuotaPolicy policy = account -> account.path().equals("acme") ? limits : QuotaLimits.unlimited();
    private QuotaAccountResolver accounts = request -> Optional.of("acme/user-7");
    private final AtomicReference<Exception> answered = new AtomicReference<>();

    /** A request whose body need not be there. */
    private static MockHttpServletRequest request(String method, String type, long length) {
        MockHttpServletRequest request = new MockHttpServletRequest(method, "/files") {
            @Override
            public long getContentLengthLong() {
                return length;
            }
        };
        request.setContentType(type);
        return request;
    }

    private static MockHttpServletRequest form(long length) {
        return request("POST", "multipart/form-data; boundary=x", length);
    }

    private static MockHttpServletRequest file(String method, long length) {
        return request(method, "image/jpeg", length);
    }

    private boolean isRefused(HttpServletRequest request) {
        EarlyRefusalFilter filter = new EarlyRefusalFilter(
                accounts,
                QuotaService.of(store, policy),
                (req, response, handler, exception) -> {
                    answered.set(exception);
                    return new ModelAndView();
                },
                ALLOWANCE);
        MockFilterChain chain = new MockFilterChain();
        try {
            filter.doFilter(request, new MockHttpServletResponse(), chain);
        } catch (ServletException | IOException e) {
            throw new IllegalStateException(e);
        }
        return chain.getRequest() == null;
    }

    private UploadGuard guard() {
        return UploadGuard.builder(store).policy(policy).build();
    }

    @Test
    void shouldRefuseWhatIsMoreThanTheLimitByMoreThanTheAllowance() {
        assertThat(isRefused(form(1_100))).isFalse();
        assertThat(isRefused(form(1_101))).isTrue();
        assertThat(answered.get()).isInstanceOfSatisfying(QuotaExceededException.class, refusal -> {
            assertThat(refusal.account().path()).isEqualTo("acme");
            assertThat(refusal.requested()).isEqualTo(1_101);
            assertThat(refusal.limit()).isEqualTo(1_000);
        });
    }

    @Test
    void shouldCountWhatIsUsedAndNotWhatIsReserved() {
        guard().reserve(Upload.of("acme/user-8", "photo-1", 300)).commit();
        guard().reserve(Upload.of("acme/user-8", "photo-2", 200));

        assertThat(isRefused(form(800))).isFalse();
        assertThat(isRefused(form(801))).isTrue();
        assertThat(QuotaService.of(store, policy).storageQuota("acme").reservedQuota())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH"})
    void shouldLeaveRoomForWhatMayBeReplaced(String method) {
        guard().reserve(Upload.of("acme/user-8", "photo-1", 1_000)).commit();

        assertThat(isRefused(file(method, 1_100))).isFalse();
        assertThat(isRefused(file(method, 1_101))).isTrue();
    }

    @Test
    void shouldLetTheApplicationSayWhatMayBeReplaced() {
        guard().reserve(Upload.of("acme/user-8", "photo-1", 1_000)).commit();
        accounts = new QuotaAccountResolver() {
            @Override
            public Optional<String> resolve(HttpServletRequest request) {
                return Optional.of("acme");
            }

            @Override
            public boolean mayReplace(HttpServletRequest request) {
                return true;
            }
        };

        assertThat(isRefused(form(1_100))).isFalse();
    }

    @Test
    void shouldApplyTheLimitOfOneFileOnlyWhereThereIsOne() {
        limits = QuotaLimits.unlimited().withBytesPerFile(500);

        assertThat(isRefused(file("POST", 600))).isFalse();
        assertThat(isRefused(file("POST", 601))).isTrue();
        assertThat(isRefused(form(5_000))).isFalse();
    }

    @Test
    void shouldLeaveFilesAndSoftLimitsToTheGuard() {
        limits = QuotaLimits.unlimited().withFiles(0).withSoftBytes(0, Duration.ofNanos(1));

        assertThat(isRefused(form(5_000))).isFalse();
    }

    @Test
    void shouldLetCommandsOfAFullAccountThrough() {
        limits = QuotaLimits.ofBytes(0);
        accounts = request -> {
            throw new AssertionError("a short body is nobody's");
        };

        assertThat(isRefused(request("POST", "application/json", ALLOWANCE))).isFalse();
    }

    @Test
    void shouldLeaveABodyOfUnknownLengthToTheGuard() {
        assertThat(isRefused(form(-1))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "DELETE", "OPTIONS"})
    void shouldNotLookAtOtherRequests(String method) {
        assertThat(isRefused(file(method, 5_000))).isFalse();
    }

    @Test
    void shouldNotLookAtRequestsWithoutAnAccount() {
        accounts = request -> Optional.empty();

        assertThat(isRefused(form(5_000))).isFalse();
    }

    @Test
    void shouldLeaveAnAccountThatIsNotAllowedToTheGuard() {
        accounts = request -> Optional.of("a//b");

        assertThat(isRefused(form(5_000))).isFalse();
    }

    @Test
    void shouldLetEverythingThroughWhileTheStoreIsAway() {
        policy = account -> {
            throw new UsageStoreException("away", true, null);
        };

        assertThat(isRefused(form(5_000))).isFalse();
    }

    @Test
    void shouldThrowWhatNobodyAnswers() {
        EarlyRefusalFilter filter = new EarlyRefusalFilter(
                accounts, QuotaService.of(store, policy), (request, response, handler, exception) -> null, ALLOWANCE);

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> filter.doFilter(form(5_000), new MockHttpServletResponse(), new MockFilterChain()));
    }
}
