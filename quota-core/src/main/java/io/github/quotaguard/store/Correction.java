package io.github.quotaguard.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be corrected in the record of one version. Each is made under the condition that the record is still as it
 * was when it was looked at.
 */
public sealed interface Correction {

    /**
     * Returns which version of which file is corrected.
     *
     * @return the id
     */
    FileVersion id();

    /**
     * Returns the record that is to be ended.
     *
     * @return the record, or null if there is none
     */
    @Nullable
    Allocation ended();

    /**
     * Returns the file that is to be recorded.
     *
     * @return the file, or null if none is
     */
    @Nullable
    AllocationSpec begun();

    /**
     * Returns the bytes charged for it before.
     *
     * @return 0 if it was not recorded
     */
    default long before() {
        Allocation ended = ended();
        return ended == null ? 0 : ended.bytes();
    }

    /**
     * Returns the bytes charged for it afterwards.
     *
     * @return 0 if it is removed
     */
    default long after() {
        AllocationSpec begun = begun();
        return begun == null ? 0 : begun.bytes();
    }

    /**
     * Records a file that is there and has no live record: {@link EntryKind#ADOPT}. No limit keeps it from being
     * recorded.
     *
     * @param spec the file, with its size declared and without a replacement
     */
    record Adopt(AllocationSpec spec) implements Correction {

        /**
         * Checks the size.
         *
         * @throws IllegalArgumentException if none is declared, or something is to be replaced
         */
        public Adopt {
            requireFile(spec);
        }

        @Override
        public FileVersion id() {
            return spec.id();
        }

        @Override
        public @Nullable Allocation ended() {
            return null;
        }

        @Override
        public AllocationSpec begun() {
            return spec;
        }
    }

    /**
     * Ends the record of a file that is gone: {@link EntryKind#REMOVE}.
     *
     * @param life the record, committed
     */
    record Remove(Allocation life) implements Correction {

        /**
         * Checks the state.
         *
         * @throws IllegalArgumentException if it is not committed
         */
        public Remove {
            requireCommitted(life);
        }

        @Override
        public FileVersion id() {
            return life.id();
        }

        @Override
        public Allocation ended() {
            return life;
        }

        @Override
        public @Nullable AllocationSpec begun() {
            return null;
        }
    }

    /**
     * Ends the record of a file that is recorded with another size, account or category, and begins another, all or
     * nothing: {@link EntryKind#REMOVE} and {@link EntryKind#ADOPT}. A life keeps its size, since a delete that is under
     * way would enter the size it has read.
     *
     * @param life the record, committed
     * @param spec the file as it is, under the same id
     */
    record Replace(Allocation life, AllocationSpec spec) implements Correction {

        /**
         * Checks both.
         *
         * @throws IllegalArgumentException if the record is not committed or has another id, no size is declared, or
         *     something is to be replaced
         */
        public Replace {
            requireCommitted(life);
            requireFile(spec);
            if (!life.id().equals(spec.id())) {
                throw new IllegalArgumentException("%s can not be corrected to %s".formatted(life.id(), spec.id()));
            }
        }

        @Override
        public FileVersion id() {
            return life.id();
        }

        @Override
        public Allocation ended() {
            return life;
        }

        @Override
        public AllocationSpec begun() {
            return spec;
        }
    }

    private static void requireFile(AllocationSpec spec) {
        Objects.requireNonNull(spec, "spec");
        if (spec.declaredBytes().isEmpty() || spec.replacement().scope() != Replacement.Scope.NONE) {
            throw new IllegalArgumentException(
                    "%s is to be recorded: declare its size, and replace nothing".formatted(spec.id()));
        }
    }

    private static void requireCommitted(Allocation life) {
        if (life.state() != AllocationState.COMMITTED) {
            throw new IllegalArgumentException(
                    "%s is %s, corrected are committed files".formatted(life.id(), life.state()));
        }
    }
}
