package io.github.quotaguard.jdbc;

import io.github.quotaguard.proof.TestDatabase;

class MariaDbStoreContractTest extends JdbcStoreContract {

    MariaDbStoreContractTest() {
        super(TestDatabase.MARIADB);
    }
}
