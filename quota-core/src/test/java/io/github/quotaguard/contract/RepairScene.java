package io.github.quotaguard.contract;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Correction;
import io.github.quotaguard.store.CorrectionResult;
import io.github.quotaguard.store.RepairCause;
import io.github.quotaguard.store.RepairLease;
import io.github.quotaguard.store.RepairStore;
import java.time.Duration;
import java.util.List;

/** A tenant of one test that is being repaired. */
final class RepairScene {

    static final RepairCause CAUSE = new RepairCause("ops", "incident 7");
    static final Duration LENGTH = Duration.ofMinutes(5);

    final ContractTenant tenant;
    final RepairStore repairs;

    RepairScene(StoreFixture fixture) {
        this.tenant = ContractTenant.of(fixture);
        this.repairs = fixture.store().repairs().orElseThrow();
    }

    RepairLease lease() {
        return repairs.lease(tenant.name, LENGTH, Duration.ZERO).orElseThrow();
    }

    /** Makes corrections under a lease of their own. */
    List<CorrectionResult> correct(Correction... corrections) {
        RepairLease lease = lease();
        List<CorrectionResult> results = repairs.correct(lease, List.of(corrections), CAUSE);
        repairs.finish(lease, true);
        return results;
    }

    static Correction adopt(ContractUpload upload) {
        return new Correction.Adopt(upload.spec());
    }

    static Correction remove(Allocation life) {
        return new Correction.Remove(life);
    }

    static Correction replace(Allocation life, ContractUpload upload) {
        return new Correction.Replace(life, upload.spec());
    }
}
