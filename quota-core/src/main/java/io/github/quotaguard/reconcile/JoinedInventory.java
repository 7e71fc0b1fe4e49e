package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.FileVersion;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Several inventories as one. */
record JoinedInventory(List<FileInventory> inventories) implements FileInventory {

    /** One is closed before the next is opened. */
    @Override
    public Stream<StoredFile> list(AccountId account) {
        return inventories.stream().flatMap(inventory -> inventory.list(account));
    }

    @Override
    public List<StoredFile> find(AccountId account, Set<FileVersion> ids) {
        return inventories.stream()
                .flatMap(inventory -> inventory.find(account, ids).stream())
                .toList();
    }

    @Override
    public Stream<String> tenants() {
        return inventories.stream().flatMap(FileInventory::tenants).distinct();
    }
}
