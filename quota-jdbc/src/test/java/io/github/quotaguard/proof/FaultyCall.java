package io.github.quotaguard.proof;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** What a caller may have under way when its connection fails, and does again because it does not know the outcome. */
enum FaultyCall {
    RESERVE(AllocationState.RESERVED) {
        @Override
        void run(FaultyClient client, PowersOfTwo.File file, Runnable beforeCommit) {
            beforeCommit.run();
            file.token = client.guard().reserve(file.upload()).detach();
        }
    },

    EXTEND(AllocationState.RESERVED) {
        @Override
        void prepare(FaultyClient client, PowersOfTwo.File file) {
            file.token = client.guard()
                    .reserve(Upload.ofUnknownSize(file.account(), file.name()).category("image"))
                    .detach();
        }

        @Override
        void run(FaultyClient client, PowersOfTwo.File file, Runnable beforeCommit) {
            Reservation reservation = client.guard().resume(file.token);
            beforeCommit.run();
            reservation.extendTo(file.bytes());
        }

        @Override
        boolean isDone(UploadGuard guard, PowersOfTwo.File file) {
            return find(guard, file).orElseThrow().bytes() == file.bytes();
        }
    },

    COMMIT(AllocationState.COMMITTED) {
        @Override
        void prepare(FaultyClient client, PowersOfTwo.File file) {
            reserve(client, file);
        }

        @Override
        void run(FaultyClient client, PowersOfTwo.File file, Runnable beforeCommit) {
            Reservation reservation = client.guard().resume(file.token);
            beforeCommit.run();
            reservation.commit(file.bytes());
        }
    },

    COMMIT_WITH_FILE_ROW(AllocationState.COMMITTED) {
        @Override
        void run(FaultyClient client, PowersOfTwo.File file, Runnable beforeCommit) throws SQLException {
            try (Reservation reservation = client.guard().reserve(file.upload());
                    Connection connection = client.connections().getConnection()) {
                connection.setAutoCommit(false);
                if (!reservation.isAlreadyStored()) {
                    String insert = "INSERT INTO files (size, tenant, id) VALUES (?, ?, ?)";
                    execute(connection, insert, file.bytes(), file.tenant(), file.rowId());
                }
                client.store().in(connection).commit(reservation);
                beforeCommit.run();
                connection.commit();
            }
        }
    },

    RELEASE(AllocationState.RELEASED) {
        @Override
        void prepare(FaultyClient client, PowersOfTwo.File file) {
            reserve(client, file);
        }

        @Override
        void run(FaultyClient client, PowersOfTwo.File file, Runnable beforeCommit) {
            Reservation reservation = client.guard().resume(file.token);
            beforeCommit.run();
            reservation.release();
        }
    },

    DELETE(AllocationState.DELETED) {
        @Override
        void prepare(FaultyClient client, PowersOfTwo.File file) {
            client.guard().reserve(file.upload()).commit();
        }

        @Override
        void run(FaultyClient client, PowersOfTwo.File file, Runnable beforeCommit) {
            beforeCommit.run();
            client.guard().delete(file.account(), file.name());
        }
    },

    DELETE_WITH_FILE_ROW(AllocationState.DELETED) {
        @Override
        void prepare(FaultyClient client, PowersOfTwo.File file) throws SQLException {
            COMMIT_WITH_FILE_ROW.run(client, file, () -> {});
        }

        @Override
        void run(FaultyClient client, PowersOfTwo.File file, Runnable beforeCommit) throws SQLException {
            try (Connection connection = client.connections().getConnection()) {
                connection.setAutoCommit(false);
                execute(
                        connection,
                        "DELETE FROM files WHERE size = ? AND tenant = ? AND id = ?",
                        file.bytes(),
                        file.tenant(),
                        file.rowId());
                client.store().in(connection).delete(file.account(), file.name());
                beforeCommit.run();
                connection.commit();
            }
        }
    },

    OVERWRITE(AllocationState.COMMITTED) {
        @Override
        void prepare(FaultyClient client, PowersOfTwo.File file) {
            client.guard().reserve(file.upload().version("v1")).commit();
            Upload overwriting = Upload.of(file.account(), file.name(), file.overwritingBytes());
            file.token = client.guard()
                    .reserve(overwriting.category("image").version("v2").overwrite())
                    .detach();
        }

        @Override
        void run(FaultyClient client, PowersOfTwo.File file, Runnable beforeCommit) {
            Reservation reservation = client.guard().resume(file.token);
            beforeCommit.run();
            reservation.commit(file.overwritingBytes());
        }

        @Override
        Optional<Allocation> find(UploadGuard guard, PowersOfTwo.File file) {
            return guard.find(file.account(), file.name(), "v2");
        }

        @Override
        boolean isDone(UploadGuard guard, PowersOfTwo.File file) {
            AllocationState old =
                    guard.find(file.account(), file.name(), "v1").orElseThrow().state();
            return super.isDone(guard, file) && old == AllocationState.DELETED;
        }
    },

    /** Two transactions: the expiry, and its settlement. */
    SWEEP(AllocationState.EXPIRED) {
        @Override
        void prepare(FaultyClient client, PowersOfTwo.File file) throws SQLException {
            reserve(client, file);
            try (Connection connection = client.connections().getConnection()) {
                TestDatabase database = TestDatabase.of(connection);
                String past = database.shifted("deadline", Duration.ofDays(7));
                execute(
                        connection,
                        "UPDATE quota_allocation SET deadline = %s, due_at = %s WHERE bytes = ? AND tenant = ? AND file = ?"
                                .formatted(past, past),
                        file.bytes(),
                        file.tenant(),
                        file.name());
            }
        }

        @Override
        void run(FaultyClient client, PowersOfTwo.File file, Runnable beforeCommit) {
            beforeCommit.run();
            while (!client.store().sweep().isIdle()) {
                // A sweep is one bounded batch.
            }
        }
    };

    private final AllocationState after;

    FaultyCall(AllocationState after) {
        this.after = after;
    }

    /** Does, over a wire without faults, what has to be there first. */
    void prepare(FaultyClient client, PowersOfTwo.File file) throws SQLException {}

    /** Does it, for the first time or again. */
    abstract void run(FaultyClient client, PowersOfTwo.File file, Runnable beforeCommit) throws SQLException;

    /** Asks what became of it. */
    Optional<Allocation> find(UploadGuard guard, PowersOfTwo.File file) {
        return guard.find(file.account(), file.name());
    }

    /** Says whether what is found is what it leads to. */
    boolean isDone(UploadGuard guard, PowersOfTwo.File file) {
        return find(guard, file).filter(life -> life.state() == after).isPresent();
    }

    /** Returns the bytes of the file that are used when it is done. */
    long used(PowersOfTwo.File file) {
        if (after != AllocationState.COMMITTED) {
            return 0;
        }
        return this == OVERWRITE ? file.overwritingBytes() : file.bytes();
    }

    /** Returns the bytes of the file that are held when it is done. */
    long reserved(PowersOfTwo.File file) {
        return after == AllocationState.RESERVED ? file.bytes() : 0;
    }

    boolean writesFileRows() {
        return this == COMMIT_WITH_FILE_ROW || this == DELETE_WITH_FILE_ROW;
    }

    private static void reserve(FaultyClient client, PowersOfTwo.File file) {
        file.token = client.guard().reserve(file.upload()).detach();
    }

    private static void execute(Connection connection, String sql, long bytes, String tenant, String id)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, bytes);
            statement.setString(2, tenant);
            statement.setString(3, id);
            statement.executeUpdate();
        }
    }
}
