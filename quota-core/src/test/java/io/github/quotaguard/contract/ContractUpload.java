package io.github.quotaguard.contract;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An upload of one test: what is asked for, and the answers that the test expects. */
record ContractUpload(ContractTenant tenant, AllocationSpec spec, Duration ttl) {

    ContractUpload by(AccountId account) {
        return with(new AllocationSpec(
                spec.id(),
                account,
                spec.category(),
                spec.declaredBytes(),
                spec.replacement(),
                spec.metadata(),
                spec.retainUntil(),
                spec.forcedReason(),
                spec.actor()));
    }

    ContractUpload category(@Nullable String category) {
        return with(new AllocationSpec(
                spec.id(),
                spec.account(),
                category == null ? null : new Category(category),
                spec.declaredBytes(),
                spec.replacement(),
                spec.metadata(),
                spec.retainUntil(),
                spec.forcedReason(),
                spec.actor()));
    }

    ContractUpload version(String version) {
        return with(spec.withId(new FileVersion(tenant.name, spec.id().file(), version)));
    }

    ContractUpload replacing(String version) {
        return with(spec.withReplacement(Replacement.ofVersion(version)));
    }

    ContractUpload overwriting() {
        return with(spec.withReplacement(Replacement.EVERY_VERSION));
    }

    ContractUpload metadata(Map<String, String> metadata) {
        return with(spec.withMetadata(metadata));
    }

    ContractUpload retainUntil(Instant instant) {
        return with(spec.withRetainUntil(instant));
    }

    ContractUpload actor(String actor) {
        return with(spec.withActor(actor));
    }

    ContractUpload forced(String reason) {
        return with(spec.withForcedReason(reason));
    }

    ContractUpload ttl(Duration ttl) {
        return new ContractUpload(tenant, spec, ttl);
    }

    private ContractUpload with(AllocationSpec changed) {
        return new ContractUpload(tenant, changed, ttl);
    }

    ReserveCommand command() {
        return new ReserveCommand(spec, ttl, tenant.limits.of(spec));
    }

    ReserveResult reserve() {
        return tenant.store.reserve(command());
    }

    /** Reserves for as long as the store says that it is busy. */
    ReserveResult reservePatiently() {
        for (int i = 0; i < 1_000; i++) {
            ReserveResult result = reserve();
            if (!(result instanceof ReserveResult.Busy)) {
                return result;
            }
        }
        throw new AssertionError("busy for 1,000 times: " + spec.id());
    }

    Allocation granted() {
        return ContractTenant.as(ReserveResult.Granted.class, reserve()).allocation();
    }

    /** Reserves and commits the declared size. */
    Allocation stored() {
        return tenant.committed(granted(), spec.bytes());
    }

    Allocation alreadyStored() {
        return ContractTenant.as(ReserveResult.AlreadyStored.class, reserve()).allocation();
    }

    Allocation conflict() {
        return ContractTenant.as(ReserveResult.Conflict.class, reserve()).standing();
    }

    List<LimitCheck> refused() {
        return ContractTenant.as(ReserveResult.Refused.class, reserve()).exceeded();
    }
}
