package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import java.util.Collection;
import java.util.stream.Stream;

/** Files that are in memory. */
record CollectionInventory(Collection<StoredFile> files) implements FileInventory {

    @Override
    public Stream<StoredFile> list(AccountId account) {
        return files.stream().filter(file -> account.covers(file.account()));
    }

    @Override
    public Stream<String> tenants() {
        return files.stream().map(file -> file.account().tenant()).distinct();
    }
}
