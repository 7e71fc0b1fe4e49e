package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;

/** As many zeros as anybody wants. */
final class EndlessStream extends InputStream {

    /** Reads a number of bytes with a buffer of a size that divides it. */
    static void read(InputStream in, long bytes, long bufferSize) throws IOException {
        byte[] buffer = new byte[(int) bufferSize];
        for (long read = 0; read < bytes; read += bufferSize) {
            assertThat(in.read(buffer)).isEqualTo(buffer.length);
        }
    }

    @Override
    public int read() {
        return 0;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        return length;
    }
}
