package io.github.quotaguard.proof;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A wire between a driver and its server that can be made faulty, connection by connection. It knows no protocol: what
 * it is armed for happens to the next request, so it has to be armed when a connection is at rest and is about to send
 * the request that matters.
 */
final class FaultyProxy implements AutoCloseable {

    private static final int BUFFER = 1 << 14;

    private final InetAddress address = InetAddress.getLoopbackAddress();
    private final int serverPort;
    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final ExecutorService pumps = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "faulty-proxy");
        thread.setDaemon(true);
        return thread;
    });

    private volatile Link latest;

    FaultyProxy(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listener = new ServerSocket(0, 50, address);
        pumps.execute(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Returns the link of the connection that was opened last; open one at a time to know whose it is. */
    Link latest() {
        return latest;
    }

    /** Returns how many connections are open. */
    int open() {
        return links.size();
    }

    /** Breaks every connection that is open. */
    void breakAll() {
        links.forEach(Link::die);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Link link = new Link(client, new Socket(address, serverPort));
                links.add(link);
                latest = link;
                pumps.execute(link::pumpRequests);
                pumps.execute(link::pumpReplies);
            } catch (IOException e) {
                // The proxy was closed, or one connection could not be made, which its client will notice.
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        breakAll();
        pumps.shutdownNow();
    }

    /** One connection. */
    final class Link {

        private enum Mode {
            PASS,
            CUT,
            HOLD
        }

        private final Socket client;
        private final Socket server;
        private final ByteArrayOutputStream heldBack = new ByteArrayOutputStream();
        private final CountDownLatch holding = new CountDownLatch(1);
        private final CountDownLatch acted = new CountDownLatch(1);
        private Mode mode = Mode.PASS;
        private boolean closeClient;
        private boolean isAsking;
        private int turns;

        private Link(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        /** Lets the server act on the next request, drops its reply, and closes the connection. */
        synchronized void cut() {
            mode = Mode.CUT;
        }

        /** Holds the next request back, also when the client has given up. */
        synchronized void hold() {
            mode = Mode.HOLD;
        }

        /** Returns how often the client has begun to send after it was answered. */
        synchronized int turns() {
            return turns;
        }

        /** Says whether the server has answered a request whose reply was dropped. */
        boolean hasActed() {
            return acted.getCount() == 0;
        }

        /** Lets the client lose its side as soon as a request is held back. */
        synchronized void closeClientOnceHeld() {
            closeClient = true;
        }

        /** Hands the server what was held back, and waits for its reply, which nobody gets. */
        void letGo() throws IOException, InterruptedException {
            awaitOrFail(holding, "no request was held back");
            synchronized (this) {
                mode = Mode.CUT;
                server.getOutputStream().write(heldBack.toByteArray());
            }
            awaitOrFail(acted, "the server did not answer");
        }

        /** Closes both sides, with whatever is held back. */
        void die() {
            close(client);
            close(server);
            links.remove(this);
        }

        private void pumpRequests() {
            byte[] buffer = new byte[BUFFER];
            try (InputStream in = client.getInputStream()) {
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    request(buffer, count);
                }
            } catch (IOException e) {
                // One of the sides is gone.
            }
            synchronized (this) {
                if (mode != Mode.PASS) {
                    return;
                }
            }
            die();
        }

        private synchronized void request(byte[] bytes, int count) throws IOException {
            turns += isAsking ? 0 : 1;
            isAsking = true;
            if (mode == Mode.HOLD) {
                heldBack.write(bytes, 0, count);
                holding.countDown();
                if (closeClient) {
                    close(client);
                }
            } else {
                server.getOutputStream().write(bytes, 0, count);
            }
        }

        private void pumpReplies() {
            byte[] buffer = new byte[BUFFER];
            try (InputStream in = server.getInputStream()) {
                // Touched no more once a reply is written: the client may be gone as soon as it has read it.
                OutputStream out = client.getOutputStream();
                for (int count = in.read(buffer); count >= 0 && isPassed(); count = in.read(buffer)) {
                    out.write(buffer, 0, count);
                }
            } catch (IOException e) {
                // One of the sides is gone.
            }
            die();
        }

        /** A reply that has come is the proof that the server has acted: from then on the client may be told. */
        private synchronized boolean isPassed() {
            isAsking = false;
            if (mode == Mode.CUT) {
                acted.countDown();
            }
            return mode == Mode.PASS;
        }

        private static void awaitOrFail(CountDownLatch latch, String what) throws InterruptedException {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError(what);
            }
        }

        private static void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is of no more use.
            }
        }
    }
}
