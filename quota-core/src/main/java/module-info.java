/** Quota accounting without a database driver or a framework: the API, the store SPI and an in-memory store. */
module io.github.quotaguard.core {
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports io.github.quotaguard;
    exports io.github.quotaguard.cleanup;
    exports io.github.quotaguard.memory;
    exports io.github.quotaguard.reconcile;
    exports io.github.quotaguard.store;
}
