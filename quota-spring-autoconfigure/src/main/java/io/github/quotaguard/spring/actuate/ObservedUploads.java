package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.Admission;
import io.github.quotaguard.UploadInterceptor;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReleaseResult;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/** Observes each call, and takes note of sizes. */
final class ObservedUploads implements UploadInterceptor {

    static final String OUTCOME = "outcome";

    private final ObservationRegistry registry;
    private final UploadSizes sizes;
    private final boolean namesAccounts;

    ObservedUploads(ObservationRegistry registry, UploadSizes sizes, boolean namesAccounts) {
        this.registry = registry;
        this.sizes = sizes;
        this.namesAccounts = namesAccounts;
    }

    @Override
    public Admission reserve(AllocationSpec upload, Supplier<Admission> call) {
        Admission admission = observe("reserve", upload.account(), call, ObservedUploads::outcome);
        upload.declaredBytes().ifPresent(bytes -> sizes.asked(bytes, outcome(admission)));
        return admission;
    }

    @Override
    public ExtendResult extend(Allocation reservation, long bytes, Supplier<ExtendResult> call) {
        return observe("extend", reservation.account(), call, ObservedUploads::outcome);
    }

    @Override
    public CommitResult commit(Allocation reservation, long bytes, Supplier<CommitResult> call) {
        return observe("commit", reservation.account(), call, ObservedUploads::outcome);
    }

    @Override
    public ReleaseResult release(Allocation reservation, Supplier<ReleaseResult> call) {
        return observe(
                "release", reservation.account(), call, result -> result.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public DeleteResult delete(DeleteCommand command, Supplier<DeleteResult> call) {
        return observe(
                "delete", command.account(), call, result -> result.deleted().isEmpty() ? "nothing" : "deleted");
    }

    @Override
    public void sent(int uploads) {
        sizes.sent(uploads);
    }

    private <T> T observe(String what, AccountId account, Supplier<T> call, Function<T, String> outcome) {
        Observation observation =
                Observation.createNotStarted("quota." + what, registry).contextualName("quota " + what);
        if (namesAccounts) {
            observation.highCardinalityKeyValue(KeyValue.of("quota.account", account.path()));
        }
        return observation.observe(() -> {
            String ended = "error";
            try {
                T result = call.get();
                ended = outcome.apply(result);
                return result;
            } finally {
                observation.lowCardinalityKeyValue(KeyValue.of(OUTCOME, ended));
            }
        });
    }

    private static String outcome(Admission admission) {
        if (admission instanceof Admission.Granted granted) {
            return granted.reservation().isUncharged() ? "uncharged" : "granted";
        }
        if (admission instanceof Admission.AlreadyStored) {
            return "already_stored";
        }
        if (admission instanceof Admission.Refused) {
            return "refused";
        }
        return admission instanceof Admission.Conflict ? "conflict" : "busy";
    }

    private static String outcome(ExtendResult result) {
        if (result instanceof ExtendResult.Extended) {
            return "extended";
        }
        if (result instanceof ExtendResult.Refused) {
            return "refused";
        }
        if (result instanceof ExtendResult.Ended) {
            return "ended";
        }
        return result instanceof ExtendResult.Unknown ? "unknown" : "busy";
    }

    private static String outcome(CommitResult result) {
        if (result instanceof CommitResult.Committed) {
            return "committed";
        }
        if (result instanceof CommitResult.Conflict) {
            return "conflict";
        }
        if (result instanceof CommitResult.Ended) {
            return "ended";
        }
        return result instanceof CommitResult.NotCovered ? "not_covered" : "unknown";
    }
}
