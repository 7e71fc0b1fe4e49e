package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.FileVersion;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an application really holds: its own tables, a directory, a bucket. Repairs believe it, so it has to promise that
 *
 * <ul>
 *   <li>it lists every file version that is there all the while it is listed; of one that comes or goes meanwhile, either
 *       answer is right;
 *   <li>it lists each once, in any order;
 *   <li>it gives the size that is charged, and when the file was stored;
 *   <li>it throws rather than leave something out; what a replica that lags behind does not show yet is left out.
 * </ul>
 *
 * <p>For a storage that only lists, such as a bucket, {@link #list} is enough. All methods may be called from several
 * threads. Whatever they throw ends the look at the account, before anything is changed by it.
 */
@FunctionalInterface
public interface FileInventory {

    /**
     * Lists the files of an account and of every account below it.
     *
     * @param account the account
     * @return its files, read as the stream is consumed, which is closed afterwards
     */
    Stream<StoredFile> list(AccountId account);

    /**
     * Looks for certain files. By default, lists all of the account: override it if there is a faster way, since every
     * file that seems to be gone, missing or of another size is looked for once more, in batches.
     *
     * @param account the account
     * @param ids file versions of the account's tenant, at most 10,000
     * @return those that are there, in any order
     */
    default List<StoredFile> find(AccountId account, Set<FileVersion> ids) {
        try (Stream<StoredFile> files = list(account)) {
            return files.filter(file -> ids.contains(file.id())).toList();
        }
    }

    /**
     * Lists the tenants that have files, so that those are found too of which nothing is recorded yet.
     *
     * @return the tenants, each once; by default none, so that only recorded ones are looked at
     */
    default Stream<String> tenants() {
        return Stream.empty();
    }

    /**
     * Returns an inventory of files that are known.
     *
     * @param files the files, which are not copied: what is added or removed later is seen, if the collection allows that
     * @return the inventory
     */
    static FileInventory of(Collection<StoredFile> files) {
        return new CollectionInventory(files);
    }

    /**
     * Returns an inventory of a directory that has one directory for each tenant.
     *
     * @param root the directory
     * @return the inventory, as {@link DirectoryInventory} describes
     */
    static FileInventory ofDirectory(Path root) {
        return new DirectoryInventory(root);
    }

    /**
     * Returns several inventories as one, such as the tables of images and of documents.
     *
     * @param inventories the inventories, no file in two of them
     * @return the inventory of all of them
     */
    static FileInventory allOf(FileInventory... inventories) {
        return new JoinedInventory(List.of(inventories));
    }
}
