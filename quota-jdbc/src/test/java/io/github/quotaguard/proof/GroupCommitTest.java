package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Row 12: reserves that go to the database together, with bad members and interrupts, on two nodes at once. */
@Tag("proof")
class GroupCommitTest {

    private static final int UPLOADS = Scale.of("groupCommits", 960, 1_000_000);
    private static final int FEW_UPLOADS = 640;

    /** Sees the answers to each list of several, and may change them. */
    static UsageStore around(UsageStore store, UnaryOperator<List<ReserveResult>> answers) {
        return (UsageStore) Proxy.newProxyInstance(
                UsageStore.class.getClassLoader(), new Class<?>[] {UsageStore.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(store, arguments);
                        if (!method.getName().equals("reserveAll")) {
                            return result;
                        }
                        @SuppressWarnings("unchecked")
                        List<ReserveResult> results = (List<ReserveResult>) result;
                        return answers.apply(results);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @OnEachServer
    void shouldGiveEachCallerItsOwnAnswer(TestDatabase database) throws Exception {
        long seed = Scale.seed();
        Proof proof = new Proof("12", database, seed);
        LongAdder batches = new LongAdder();
        LongAdder members = new LongAdder();
        UnaryOperator<List<ReserveResult>> count = results -> {
            batches.increment();
            members.add(results.size());
            return results;
        };
        try (HotTenants tenants = new HotTenants(database, store -> around(store, count), proof, seed)) {
            List<String> violations = tenants.uploadAll(UPLOADS);
            proof.write();
            Proof.say(
                    "%s: %s uploads, %s granted, %s refused, %s busy, %s unknown; %s in %s batches, seed %d",
                    database,
                    proof.operations,
                    proof.admitted,
                    proof.refused,
                    proof.busy,
                    proof.unknown,
                    members,
                    batches,
                    seed);
            assertThat(violations).as("seed %d", seed).isEmpty();
            assertThat(members.sum()).isGreaterThan(UPLOADS / 10);
            assertThat(proof.admitted.sum()).isPositive();
            assertThat(proof.refused.sum()).isPositive();
            assertThat(proof.unknown.sum()).isPositive();
        }
    }

    private enum Fault {
        MIXED("not its own answer") {
            @Override
            List<ReserveResult> plant(UsageStore store, List<ReserveResult> answers) {
                List<ReserveResult> mixed = new ArrayList<>(answers);
                Collections.reverse(mixed);
                return mixed;
            }
        },
        FORGOTTEN("not kept") {
            @Override
            List<ReserveResult> plant(UsageStore store, List<ReserveResult> answers) {
                if (answers.get(0) instanceof ReserveResult.Granted granted) {
                    store.release(granted.allocation());
                }
                return answers;
            }
        };

        private final String violation;

        Fault(String violation) {
            this.violation = violation;
        }

        abstract List<ReserveResult> plant(UsageStore store, List<ReserveResult> answers);
    }

    @ParameterizedTest
    @EnumSource
    void shouldSeeAWrongAnswer(Fault fault) throws Exception {
        Proof proof = new Proof("12", TestDatabase.H2, 0);
        UnaryOperator<UsageStore> faulty = store -> around(store, answers -> fault.plant(store, answers));
        try (HotTenants tenants = new HotTenants(TestDatabase.H2, faulty, proof, 7)) {
            assertThat(tenants.uploadAll(FEW_UPLOADS)).anyMatch(violation -> violation.startsWith(fault.violation));
        }
    }
}
