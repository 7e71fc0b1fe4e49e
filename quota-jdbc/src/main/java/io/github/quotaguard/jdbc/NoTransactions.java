package io.github.quotaguard.jdbc;

import java.sql.Connection;
import java.util.function.Supplier;

/** Of an application that hands its connections over: it has no transaction that could be found. */
final class NoTransactions implements CallerTransactions {

    @Override
    public boolean isActive() {
        return false;
    }

    @Override
    public Connection join() {
        throw new IllegalStateException("there is no transaction to join");
    }

    @Override
    public void whenEnded(Runnable action) {
        throw new IllegalStateException("there is no transaction that could end");
    }

    @Override
    public <T> T outside(Supplier<T> work) {
        return work.get();
    }
}
