package io.github.quotaguard.spring.web;

import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.UploadStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.OptionalLong;
import org.springframework.core.io.InputStreamSource;
import org.springframework.web.multipart.MultipartFile;

/**
 * The bytes of an upload as they come with a request: its body, or one file of a form. Where their number is known, it is
 * reserved before the first byte is read; of a body that is sent in chunks nothing is known, and it is reserved for as it
 * flows. What does not fit is answered with a problem, also in the middle.
 *
 * <pre>{@code
 * @PutMapping("/photos/{id}")
 * void put(@PathVariable String id, HttpServletRequest request) throws IOException {
 *     UploadBody body = UploadBody.of(request);
 *     Upload upload = body.upload("acme/user-7", id).category("image");
 *     try (UploadStream bytes = body.guardedBy(guard, upload)) {
 *         storage.write(id, bytes);
 *         transaction.executeWithoutResult(status -> {
 *             photos.insert(id, bytes.count());
 *             bytes.commit();
 *         });
 *     }
 * }
 * }</pre>
 *
 * <p>For use by one thread at a time; a request's body can be read once.
 */
public final class UploadBody {

    private final InputStreamSource source;
    private final OptionalLong size;

    private UploadBody(InputStreamSource source, long size) {
        this.source = source;
        this.size = size < 0 ? OptionalLong.empty() : OptionalLong.of(size);
    }

    /**
     * Returns the whole body of a request as one file.
     *
     * @param request the request, its body unread
     * @return a body of the size of its {@code Content-Length}; of unknown size without one
     * @throws IllegalArgumentException if it is a multipart form: its files are parts
     */
    public static UploadBody of(HttpServletRequest request) {
        if (isMultipart(request)) {
            throw new IllegalArgumentException(
                    "the request is multipart, its body is not a file: take a Part or a MultipartFile");
        }
        return new UploadBody(request::getInputStream, request.getContentLengthLong());
    }

    /**
     * Returns a file of a form.
     *
     * @param part the part
     * @return a body of the part's size
     */
    public static UploadBody of(Part part) {
        return new UploadBody(part::getInputStream, part.getSize());
    }

    /**
     * Returns a file of a form.
     *
     * @param file the file
     * @return a body of the file's size
     */
    public static UploadBody of(MultipartFile file) {
        return new UploadBody(file, file.getSize());
    }

    static boolean isMultipart(HttpServletRequest request) {
        String type = request.getContentType();
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("multipart/");
    }

    /**
     * Returns how many bytes there are.
     *
     * @return the size, empty if it is not known before the end
     */
    public OptionalLong size() {
        return size;
    }

    /**
     * Returns an upload that declares the size if it is known.
     *
     * @param account who is charged
     * @param file the file's id
     * @return the upload, to be changed as needed
     * @throws IllegalArgumentException if an id is not allowed
     */
    public Upload upload(String account, String file) {
        return size.isPresent() ? Upload.of(account, file, size.getAsLong()) : Upload.ofUnknownSize(account, file);
    }

    /**
     * Reserves room for an upload and opens its bytes, counted as they are read.
     *
     * @param guard the guard
     * @param upload what {@link #upload} returned, with changes if need be
     * @return the guarded bytes; commit and close them
     * @throws IOException if the bytes can not be opened
     * @throws RuntimeException as {@link UploadGuard#stream}; nothing was read then
     */
    public UploadStream guardedBy(UploadGuard guard, Upload upload) throws IOException {
        InputStream bytes = source.getInputStream();
        try {
            return guard.stream(upload, bytes);
        } catch (RuntimeException e) {
            bytes.close();
            throw e;
        }
    }
}
