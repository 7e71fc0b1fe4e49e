package io.github.quotaguard.cleanup;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.ExpiredFile;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.RepairCause;
import io.github.quotaguard.store.RetentionStore;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One cleanup: page by page of a tenant's expired files, claimed, deleted and freed. */
final class Cleanup {

    private static final Logger LOG = LoggerFactory.getLogger(Cleanup.class);
    private static final Duration CLAIM = Duration.ofMinutes(10);
    private static final RepairCause CAUSE = new RepairCause("quotaguard", "the time of the temporary file has passed");

    private final UsageStore store;
    private final RetentionStore retention;
    private final FileDeleter deleter;
    private final CleanupRequest request;
    private final List<FileVersion> cleaned = new ArrayList<>();
    private final Map<FileVersion, String> failures = new HashMap<>();
    private long freed;
    private int seen;
    private boolean hasMore;

    Cleanup(UsageStore store, RetentionStore retention, FileDeleter deleter, CleanupRequest request) {
        this.store = store;
        this.retention = retention;
        this.deleter = deleter;
        this.request = request;
    }

    CleanupResult run() {
        ExecutorService threads =
                request.concurrency() == 1 ? null : Executors.newFixedThreadPool(request.concurrency());
        try {
            if (request.account().isPresent()) {
                cleanUp(request.account().get(), threads);
            } else {
                store.forEachTenant(null, tenant -> cleanUp(tenant, threads));
            }
        } finally {
            if (threads != null) {
                threads.shutdownNow();
            }
        }
        return new CleanupResult(request.isDryRun(), cleaned.size(), freed, cleaned, failures, hasMore);
    }

    private void cleanUp(AccountId account, @Nullable ExecutorService threads) {
        ExpiredFile after = null;
        boolean goesOn = true;
        while (goesOn && !hasMore && !Thread.currentThread().isInterrupted()) {
            Page<ExpiredFile> page = retention.expired(account.tenant(), after, request.batchSize());
            List<ExpiredFile> files = page.items().stream()
                    .filter(file -> account.covers(file.account()))
                    .toList();
            int left = request.maxFiles() - seen;
            hasMore = files.size() > left;
            files = hasMore ? files.subList(0, left) : files;
            seen += files.size();
            if (request.isDryRun()) {
                files.forEach(file -> note(file.versions()));
            } else {
                long claimedAt = System.nanoTime();
                note(free(delete(retention.claim(files, CLAIM), claimedAt, threads)));
            }
            goesOn = page.hasMore();
            after = page.items().isEmpty()
                    ? null
                    : page.items().get(page.items().size() - 1);
        }
    }

    /** What can not be freed, as where a counter is wrong, keeps nothing else from being cleaned up. */
    private List<Allocation> free(List<ExpiredFile> files) {
        try {
            return retention.free(files, CAUSE);
        } catch (UsageStoreException e) {
            LOG.warn("Files of {} are deleted and still charged", files.get(0).tenant(), e);
            String failure = "deleted, and still charged: " + e.getMessage();
            files.forEach(file -> file.versions().forEach(version -> failures.put(version.id(), failure)));
            return List.of();
        }
    }

    private void note(List<Allocation> versions) {
        for (Allocation version : versions) {
            cleaned.add(version.id());
            freed += version.bytes();
        }
    }

    /** Returns those that were deleted. */
    private List<ExpiredFile> delete(List<ExpiredFile> files, long claimedAt, @Nullable ExecutorService threads) {
        List<FutureTask<String>> deletions = new ArrayList<>();
        for (ExpiredFile file : files) {
            FutureTask<String> deletion = new FutureTask<>(() -> delete(file, claimedAt));
            deletions.add(deletion);
            if (threads == null) {
                deletion.run();
            } else {
                threads.execute(deletion);
            }
        }
        List<ExpiredFile> deleted = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            String failure = result(deletions.get(i));
            if (failure.isEmpty()) {
                deleted.add(files.get(i));
            } else {
                files.get(i).versions().forEach(version -> failures.put(version.id(), failure));
            }
        }
        return deleted;
    }

    /** Returns why a file could not be deleted, or an empty text. */
    private String delete(ExpiredFile file, long claimedAt) {
        // Another cleanup may have deleted it by now, and its ids may stand for a new file.
        if (System.nanoTime() - claimedAt > CLAIM.toNanos()) {
            return "the files before it took longer than its claim lasts";
        }
        try {
            deleter.delete(file);
            return "";
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LOG.warn("File {} of {} could not be deleted and stays charged", file.file(), file.account(), e);
            return e.toString();
        }
    }

    /** Waits also while it is interrupted: what a deletion has done has to be known. */
    private static String result(Future<String> deletion) {
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    return deletion.get();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("the deleter failed", e.getCause());
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
