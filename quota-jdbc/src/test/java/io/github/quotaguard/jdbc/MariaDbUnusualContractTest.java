package io.github.quotaguard.jdbc;

import io.github.quotaguard.proof.TestDatabase;

/**
 * A session that cuts what is too long rather than refuse it, that counts only the rows that it has changed, and whose
 * driver moves times between two zones where it can.
 */
class MariaDbUnusualContractTest extends UnusualStoreContract {

    MariaDbUnusualContractTest() {
        super(
                TestDatabase.MARIADB_SNAPSHOTS,
                ",sql_mode=''&useAffectedRows=true&preserveInstants=true&connectionTimeZone=-11:00");
    }
}
