package io.github.quotaguard.readme;

/** What an application scans with. */
interface Scanner {
    byte[] scan();
}
