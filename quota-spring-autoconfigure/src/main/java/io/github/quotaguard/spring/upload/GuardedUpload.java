package io.github.quotaguard.spring.upload;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Guards a method of a bean that stores an upload: room is reserved before the method and its transaction begin, the
 * reservation is committed when the method returns, in the transaction of a {@code @Transactional} on the same method or
 * class, and released if it throws anything. What does not fit is refused with
 * {@link io.github.quotaguard.QuotaExceededException}, and the method is not run.
 *
 * <pre>{@code
 * @Transactional
 * @GuardedUpload(account = "#orgId", file = "#photoId", category = "image", bytes = "#file.size")
 * public void store(String orgId, String photoId, MultipartFile file) { ... }
 * }</pre>
 *
 * <p>A text with a {@code #} in it is an expression of Spring's language, about the method's parameters by name
 * ({@code -parameters} of the compiler, which Spring Boot's plugins set) and beans ({@code @ids.next(#orgId)}); any other
 * text is taken as it stands. What is wrong with an expression, or with the method, stops the start.
 *
 * <ul>
 *   <li>Spring has to be able to stand around the method: it is public, protected or package-private, neither static nor
 *       final, and called from another bean. It stores the upload before it returns, so it returns no future or stream of
 *       results.
 *   <li>The method also runs for the retry of an upload that was already stored, so it has to be repeatable;
 *       {@link CurrentReservation} tells.
 *   <li>On a method without a transaction of its own the commit is made after it, in a transaction of the library's. If a
 *       transaction begins further in, let the file and its charge be committed together there:
 *       {@code CurrentReservation.get().commit()}.
 *   <li>An exception for which Spring commits the transaction, as by default for checked ones, releases all the same: say
 *       {@code rollbackFor = Exception.class} there, or the file's row stays uncharged.
 *   <li>If a transaction is open when the method is called, to reserve takes a second connection meanwhile.
 *   <li>With Spring's own {@code @Retryable} or {@code @Async} on it, each run reserves for itself, in the thread that it
 *       is in. A retry of another kind may stand within the reservation: it ends with
 *       {@link io.github.quotaguard.ReservationEndedException} once a rollback has released that.
 * </ul>
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface GuardedUpload {

    /**
     * Returns who is charged, such as {@code "#orgId"} or {@code "#orgId + '/' + #userId"}.
     *
     * @return the account's path, or an expression for it
     */
    String account();

    /**
     * Returns the file's id, which makes a retry a retry.
     *
     * @return an id of 1 to 255 characters, or an expression for it
     */
    String file();

    /**
     * Returns the version's id.
     *
     * @return an id of 1 to 255 characters, or an expression for it; a file without versions by default
     */
    String version() default "";

    /**
     * Returns the kind of file.
     *
     * @return a name of 1 to 64 characters, or an expression for it; none by default
     */
    String category() default "";

    /**
     * Returns the size.
     *
     * @return a number of bytes, or an expression for one; unknown by default, so that the method has to say
     *     {@code CurrentReservation.get().commit(bytes)}
     */
    String bytes() default "";

    /**
     * Returns who uploads, for the ledger.
     *
     * @return a name of 1 to 255 characters, or an expression for it; nobody by default
     */
    String actor() default "";

    /**
     * Returns until when a temporary file is kept.
     *
     * @return an expression for an {@link java.time.Instant}; the file is permanent by default, and where it is null
     */
    String retainUntil() default "";

    /**
     * Says whether the commit deletes all other versions of the file.
     *
     * @return false unless set
     */
    boolean overwrite() default false;
}
