package io.github.quotaguard.jdbc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets those who ask the same thing at once share a call, but only one that begins after each of them has asked: no
 * answer is older than the question. So there are at most two calls for a key: one under way, and one that
 * those who have come meanwhile wait for.
 */
final class SharedCalls<K, V> {

    private final ConcurrentMap<K, Call<V>> last = new ConcurrentHashMap<>();

    /** A call that one thread makes. Whether it has begun changes only with its key locked in the map. */
    private static final class Call<V> {

        private final CompletableFuture<V> answer = new CompletableFuture<>();
        private @Nullable Call<V> before;
        private boolean hasBegun;
    }

    /** Asks, or waits for another thread that does; throws what it threw. */
    V ask(K key, Function<K, V> source) {
        Call<V> own = new Call<>();
        Call<V> call = last.compute(key, (same, latest) -> {
            if (latest != null && !latest.hasBegun) {
                return latest;
            }
            own.before = latest;
            return own;
        });
        if (call == own) {
            make(own, key, source);
        }
        return answer(call);
    }

    private void make(Call<V> own, K key, Function<K, V> source) {
        if (own.before != null) {
            own.before.answer.exceptionally(failure -> null).join();
            own.before = null;
        }
        last.computeIfPresent(key, (same, latest) -> {
            own.hasBegun = true;
            return latest;
        });
        try {
            own.answer.complete(source.apply(key));
        } catch (RuntimeException | Error e) {
            own.answer.completeExceptionally(e);
        } finally {
            last.remove(key, own);
        }
    }

    private static <V> V answer(Call<V> call) {
        try {
            return call.answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }
}
