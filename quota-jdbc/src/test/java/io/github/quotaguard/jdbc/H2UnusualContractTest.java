package io.github.quotaguard.jdbc;

import io.github.quotaguard.proof.TestDatabase;

class H2UnusualContractTest extends UnusualStoreContract {

    H2UnusualContractTest() {
        super(TestDatabase.H2, "");
    }
}
