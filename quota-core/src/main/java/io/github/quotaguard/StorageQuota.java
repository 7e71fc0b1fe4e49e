package io.github.quotaguard;

import io.github.quotaguard.store.Category;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an account may use, uses and has left, in bytes unless said otherwise; read in one snapshot. It speaks of the
 * account's own limit: an ancestor's may leave less, which {@link QuotaService#explain} shows.
 *
 * <p>With a total of 10,485,760, used 438,407 and reserved 47,353, remaining are 10,047,353 and available 10,000,000.
 *
 * @param organizationId the account's path
 * @param totalQuota the limit, empty if the account is unlimited
 * @param usedQuota what all stored versions have
 * @param reservedQuota what is held for uploads under way
 * @param remainingQuota total − used, not below 0; empty if unlimited
 * @param availableQuota total − used − reserved, not below 0: what a new upload could get; empty if unlimited
 * @param fileCount stored files; the versions of one file count once
 * @param usageByCategory what is used by category; what has no category is in {@code usedQuota} alone
 * @param softQuota the soft limit, which may be passed until a grace ends; empty if there is none
 * @param graceEndsAt when the grace ends, or ended, by the store's clock; empty unless what is used and reserved is
 *     above the soft limit, and empty too where that limit was lowered below them and nothing has grown since: the grace
 *     then begins with the next upload
 * @param isGraceOver whether the grace has ended, so that nothing may grow
 * @param updatedAt when something last changed, by the store's clock; empty if nothing ever did
 */
public record StorageQuota(
        String organizationId,
        OptionalLong totalQuota,
        long usedQuota,
        long reservedQuota,
        OptionalLong remainingQuota,
        OptionalLong availableQuota,
        long fileCount,
        Map<Category, Long> usageByCategory,
        OptionalLong softQuota,
        Optional<Instant> graceEndsAt,
        boolean isGraceOver,
        Optional<Instant> updatedAt) {

    /** Copies the map. */
    public StorageQuota {
        usageByCategory = Map.copyOf(usageByCategory);
    }

    /**
     * Says whether the account has no limit of bytes.
     *
     * @return true if {@code totalQuota} is empty
     */
    public boolean isUnlimited() {
        return totalQuota.isEmpty();
    }

    /**
     * Says whether what is used and reserved is above the soft limit.
     *
     * @return false without a soft limit
     */
    public boolean isAboveSoftQuota() {
        return softQuota.isPresent() && reservedQuota > softQuota.getAsLong() - usedQuota;
    }

    /**
     * Returns the share of the total that is used.
     *
     * @return per cent, rounded down to two decimals: 4.18 for 438,407 of 10,485,760; empty if unlimited
     */
    public Optional<BigDecimal> usagePercentage() {
        return totalQuota.isPresent()
                ? Optional.of(Percentage.of(usedQuota, totalQuota.getAsLong()))
                : Optional.empty();
    }
}
