package io.github.quotaguard.spring.web;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A client that sends and reads as it is told, and so can stop in between. */
final class RawClient implements AutoCloseable {

    private final Socket socket;
    private final OutputStream output;
    private final InputStream input;

    RawClient(int port) throws IOException {
        socket = new Socket("localhost", port);
        socket.setSoTimeout(10_000);
        output = socket.getOutputStream();
        input = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends the head of a request. */
    void sendHead(String... lines) throws IOException {
        send((String.join("\r\n", lines) + "\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    void send(byte[] bytes) throws IOException {
        output.write(bytes);
        output.flush();
    }

    /** Sends a chunk; an empty one ends the body. */
    void sendChunk(byte[] bytes) throws IOException {
        send((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        send(bytes);
        send("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads status line and headers of the next response, in lower case. */
    List<String> readHead() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            lines.add(line.toLowerCase(Locale.ROOT));
        }
        return lines;
    }

    /** Reads the body of a response in chunks, or of the length that its head says. */
    String readBody(List<String> head) throws IOException {
        StringBuilder body = new StringBuilder();
        if (!head.contains("transfer-encoding: chunked")) {
            int length = head.stream()
                    .filter(line -> line.startsWith("content-length: "))
                    .mapToInt(line -> Integer.parseInt(line.substring("content-length: ".length())))
                    .findFirst()
                    .orElseThrow();
            return new String(input.readNBytes(length), StandardCharsets.UTF_8);
        }
        for (int size = Integer.parseInt(readLine(), 16); size > 0; size = Integer.parseInt(readLine(), 16)) {
            body.append(new String(input.readNBytes(size), StandardCharsets.UTF_8));
            readLine();
        }
        readLine();
        return body.toString();
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = input.read(); c != '\n'; c = input.read()) {
            if (c < 0) {
                throw new IOException("the connection ends after: " + line);
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
