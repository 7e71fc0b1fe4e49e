package io.github.quotaguard.model;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Replacement;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One step of a history, for any tenant. A handle is named by how many reservations ago it was given, in turn. */
sealed interface Action {

    void run(History history);

    record Reserve(
            String file,
            String version,
            Owner owner,
            OptionalLong bytes,
            Replacement replacement,
            @Nullable String forcedReason,
            boolean named,
            Duration ttl)
            implements Action {

        @Override
        public void run(History history) {
            history.reserve(spec(history.tenant), ttl);
        }

        private AllocationSpec spec(String tenant) {
            Replacement possible =
                    replacement.equals(Replacement.ofVersion(version)) ? Replacement.EVERY_VERSION : replacement;
            return new AllocationSpec(
                    new FileVersion(tenant, file, version),
                    owner.account(tenant),
                    owner.category(),
                    bytes,
                    possible,
                    named ? Map.of("name", file + ".jpg") : Map.of(),
                    null,
                    forcedReason,
                    null);
        }
    }

    record Extend(int handle, long bytes, long heldBytes, Duration ttl) implements Action {

        @Override
        public void run(History history) {
            history.with(handle, (given, life) -> history.extend(given, life, bytes, heldBytes, ttl));
        }
    }

    record CommitDeclared(int handle) implements Action {

        @Override
        public void run(History history) {
            history.with(
                    handle,
                    (given, life) -> history.commit(given, life, given.spec().bytes()));
        }
    }

    record Commit(int handle, long bytes) implements Action {

        @Override
        public void run(History history) {
            history.with(handle, (given, life) -> history.commit(given, life, bytes));
        }
    }

    record Release(int handle) implements Action {

        @Override
        public void run(History history) {
            history.with(handle, history::release);
        }
    }

    record Abandon(int handle) implements Action {

        @Override
        public void run(History history) {
            history.with(handle, history::abandon);
        }
    }

    record Delete(String file, @Nullable String version, Owner owner) implements Action {

        @Override
        public void run(History history) {
            history.delete(owner.account(history.tenant), file, version);
        }
    }

    record Advance(Duration duration) implements Action {

        @Override
        public void run(History history) {
            history.advance(duration);
        }
    }

    record Sweep() implements Action {

        @Override
        public void run(History history) {
            history.sweep();
        }
    }

    /** Who is charged, and for what kind of file. */
    enum Owner {
        USER_IMAGE("/a/x", "image"),
        TEAM_IMAGE("/a", "image"),
        USER_TEXT("/a/x", "text"),
        TEAM("/a", null),
        OTHER_TEAM("/b", null),
        TENANT("", null);

        private final String path;
        private final @Nullable String category;

        Owner(String path, @Nullable String category) {
            this.path = path;
            this.category = category;
        }

        AccountId account(String tenant) {
            return new AccountId(tenant + path);
        }

        @Nullable
        Category category() {
            return category == null ? null : new Category(category);
        }
    }
}
