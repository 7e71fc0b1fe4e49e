package io.github.quotaguard.spring.upload;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.UploadGuard;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.support.AopUtils;

/** The two ends of a guarded call: outside of its transaction, and inside. */
final class GuardedUploadAdvice {

    private GuardedUploadAdvice() {}

    /** Reserves before the transaction and all else that stands around the method within a thread, and closes after it. */
    static MethodInterceptor reserving(Supplier<UploadGuard> guard, GuardedMethods methods) {
        return invocation -> {
            Object target = invocation.getThis();
            Class<?> type =
                    target == null ? invocation.getMethod().getDeclaringClass() : AopUtils.getTargetClass(target);
            GuardedMethod method = methods.of(invocation.getMethod(), type);
            try (Reservation reservation = guard.get().reserve(method.upload(target, invocation.getArguments()))) {
                Reservation before = CurrentReservation.set(reservation);
                try {
                    return invocation.proceed();
                } finally {
                    Reservation unused = CurrentReservation.set(before);
                }
            }
        };
    }

    /**
     * Commits right after the method, before anything else that stands around it ends. What had been committed before the
     * method began is committed again, which has no second effect: the upload may be stored already, or an attempt that
     * was rolled back may have committed it; in neither case must a row come of the method if the bytes are not charged.
     */
    static MethodInterceptor committing() {
        return invocation -> {
            Reservation reservation = CurrentReservation.get();
            boolean wasOpen = reservation.isOpen();
            Object result = invocation.proceed();
            if (reservation.isOpen()) {
                reservation.commit();
            } else if (!wasOpen) {
                reservation.commit(reservation.allocation().bytes());
            }
            return result;
        };
    }
}
