package io.github.quotaguard.store;

import java.time.InstantSource;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Exchanger;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The stores of {@link Mutant} that go by the rules in each call, and keep the state of a tenant in a wrong way. */
final class BrokenStorage {

    private BrokenStorage() {}

    /** Takes no lock, and gives another thread the time to decide by the same state; only where there are others. */
    static final class ChecksThenActs extends SoundStore {

        private final Thread alone = Thread.currentThread();
        private final Exchanger<Thread> meeting = new Exchanger<>();

        ChecksThenActs(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        @Override
        TenantState stateOf(String tenant) {
            return onDisk(tenant);
        }

        @Override
        protected <R> R update(String tenant, Function<TenantState, R> step) {
            TenantState state = onDisk(tenant);
            if (Thread.currentThread() != alone) {
                meetAnother();
            }
            R result = step.apply(state);
            keepOrForget(tenant, state);
            return result;
        }

        private void meetAnother() {
            try {
                meeting.exchange(Thread.currentThread(), 5, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                return; // nobody else is there
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Writes each change when the next one comes. */
    static final class AcknowledgesTooEarly extends SoundStore {

        private final Map<String, byte[]> unwritten = new ConcurrentHashMap<>();

        AcknowledgesTooEarly(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        @Override
        void keep(String tenant, byte[] state) {
            disk.putAll(unwritten);
            unwritten.clear();
            unwritten.put(tenant, state);
        }

        @Override
        protected SortedSet<String> tenants() {
            SortedSet<String> tenants = super.tenants();
            tenants.addAll(unwritten.keySet());
            return tenants;
        }
    }

    static final class OneStateForAllTenants extends SoundStore {

        OneStateForAllTenants(InstantSource clock, Map<String, byte[]> disk) {
            super(clock, disk);
        }

        @Override
        TenantState stateOf(String tenant) {
            return super.stateOf("all");
        }

        @Override
        void keep(String tenant, byte[] state) {
            super.keep("all", state);
        }
    }
}
