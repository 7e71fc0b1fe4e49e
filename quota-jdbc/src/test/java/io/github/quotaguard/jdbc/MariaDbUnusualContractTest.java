package io.github.quotaguard.jdbc;

import io.github.quotaguard.proof.TestDatabase;

/** A session that cuts what is too long rather than refuse it, and that counts only the rows that it has changed. */
class MariaDbUnusualContractTest extends UnusualStoreContract {

    MariaDbUnusualContractTest() {
        super(TestDatabase.MARIADB_SNAPSHOTS, ",sql_mode=''&useAffectedRows=true");
    }
}
