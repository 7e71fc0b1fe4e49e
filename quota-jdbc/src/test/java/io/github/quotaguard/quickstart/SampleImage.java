package io.github.quotaguard.quickstart;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A grey-scale picture (PGM) of exactly as many bytes as are asked for; of very few, only the beginning of one. */
final class SampleImage extends InputStream {

    private static final int WIDTH = 256;
    private static final int ROOM_FOR_HEADER = 40;

    private final long bytes;
    private final byte[] header;
    private long position;

    SampleImage(long bytes) {
        this.bytes = bytes;
        long height = Math.max(1, (bytes - ROOM_FOR_HEADER) / WIDTH);
        this.header = "P5 %d %d 255\n".formatted(WIDTH, height).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public int read() {
        return position == bytes ? -1 : next();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (position == bytes && length > 0) {
            return -1;
        }
        int count = (int) Math.min(length, bytes - position);
        for (int i = 0; i < count; i++) {
            buffer[offset + i] = (byte) next();
        }
        return count;
    }

    private int next() {
        long at = position++;
        return at < header.length ? header[(int) at] : (int) (at % WIDTH);
    }
}
