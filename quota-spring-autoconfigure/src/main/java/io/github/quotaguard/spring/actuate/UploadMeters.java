package io.github.quotaguard.spring.actuate;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;

/** The sizes as distributions. */
final class UploadMeters implements UploadSizes {

    private final MeterProvider<DistributionSummary> bytes;
    private final DistributionSummary batch;

    UploadMeters(MeterRegistry registry) {
        bytes = DistributionSummary.builder("quota.reserve.bytes")
                .description("Declared sizes of uploads")
                .baseUnit(BaseUnits.BYTES)
                .withRegistry(registry);
        batch = DistributionSummary.builder("quota.reserve.batch")
                .description("Reserves that go to the store together")
                .baseUnit("uploads")
                .register(registry);
    }

    @Override
    public void asked(long asked, String outcome) {
        bytes.withTag(ObservedUploads.OUTCOME, outcome).record((double) asked);
    }

    @Override
    public void sent(int uploads) {
        batch.record(uploads);
    }
}
