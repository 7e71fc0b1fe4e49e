package io.github.quotaguard.spring;

import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.reconcile.FileInventory;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.reconcile.Verifier;
import io.github.quotaguard.store.UsageStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * What compares the records with the application's files, where the application says which those are. Several
 * inventories, as of images and of documents, count as one.
 */
@Configuration(proxyBeanMethods = false)
class FilesConfiguration {

    // Lazy: it takes a store that can be repaired, which the application's own need not be.
    @Bean
    @Lazy
    @ConditionalOnMissingBean
    Verifier quotaguardVerifier(UsageStore store) {
        return Verifier.of(store);
    }

    @Bean
    @ConditionalOnBean(FileInventory.class)
    @ConditionalOnMissingBean
    Reconciler quotaguardReconciler(UsageStore store, ObjectProvider<FileInventory> inventories) {
        return Reconciler.of(
                store, FileInventory.allOf(inventories.orderedStream().toArray(FileInventory[]::new)));
    }

    @Bean
    @ConditionalOnSingleCandidate(FileDeleter.class)
    @ConditionalOnMissingBean
    TemporaryFiles quotaguardTemporaryFiles(UsageStore store, FileDeleter deleter) {
        return TemporaryFiles.of(store, deleter);
    }
}
