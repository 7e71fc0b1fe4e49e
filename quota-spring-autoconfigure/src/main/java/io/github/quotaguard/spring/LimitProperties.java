package io.github.quotaguard.spring;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.WarningThresholds;
import java.util.Map;
import org.springframework.util.unit.DataSize;

/** Reads limits from properties. */
final class LimitProperties {

    private LimitProperties() {}

    static QuotaLimits limits(QuotaProperties.Limits properties) {
        QuotaLimits limits = QuotaLimits.unlimited();
        limits = CheckedProperty.set(
                limits, "quota.limits.bytes", properties.bytes(), (known, size) -> known.withBytes(size.toBytes()));
        limits = CheckedProperty.set(
                limits,
                "quota.limits.soft-bytes",
                properties.softBytes(),
                (known, size) -> known.withSoftBytes(size.toBytes(), properties.softGrace()));
        limits = CheckedProperty.set(limits, "quota.limits.files", properties.files(), QuotaLimits::withFiles);
        limits = CheckedProperty.set(
                limits,
                "quota.limits.bytes-per-file",
                properties.bytesPerFile(),
                (known, size) -> known.withBytesPerFile(size.toBytes()));
        for (Map.Entry<String, DataSize> category : properties.categories().entrySet()) {
            limits = CheckedProperty.set(
                    limits,
                    "quota.limits.categories." + category.getKey(),
                    category.getValue(),
                    (known, size) -> known.withBytes(category.getKey(), size.toBytes()));
        }
        // The two shares are allowed only together: the one that is named here need not be the wrong one.
        return CheckedProperty.set(
                limits,
                "quota.limits.warning-percent",
                properties.warningPercent(),
                (known, percent) -> known.withThresholds(new WarningThresholds(percent, properties.criticalPercent())));
    }
}
