package io.fairlead.test.ingress;

import io.fairlead.test.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Clients that ask at a fixed rate, over connections that they keep as long as they may. None of them asks twice for
 * anything: an answer that does not come is a failure.
 *
 * <p>Thread-safe.
 */
final class Load implements AutoCloseable {

    private static final int FAILURES_SHOWN = 10;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private final long start = System.nanoTime();
    private volatile boolean over;

    /**
     * One client.
     *
     * <p>Confined to the thread of its client.
     */
    interface Asker {

        /** Asks once, and checks the answer. */
        void ask();

        /** Ends what it has open. */
        void leave();
    }

    /** Adds clients of one kind. */
    Load with(String kind, int clients, int perSecond, Supplier<Asker> made) {
        for (int i = 0; i < clients; i++) {
            long period = 1_000_000_000L / perSecond;
            long first = start + period * i / clients;
            // Not virtual: what carries these may have been born in the network of some lab, and opens sockets there.
            threads.add(Thread.ofPlatform().name(kind + " " + i).start(() -> run(kind, first, period, made.get())));
        }
        return this;
    }

    private void run(String kind, long first, long period, Asker client) {
        for (long next = first; !over; next += period) {
            LockSupport.parkNanos(next - System.nanoTime());
            try {
                client.ask();
                answered.incrementAndGet();
            } catch (RuntimeException | AssertionError e) {
                failed.incrementAndGet();
                failures.add(kind + " after " + (System.nanoTime() - start) / 1_000_000 + " ms: " + e);
                client.leave();
            }
        }
        client.leave();
    }

    /** HTTP/1.1 that is kept until the proxy says otherwise. */
    Load http1(int clients, int perSecond, Supplier<InetSocketAddress> place, String host, Supplier<String> target) {
        return with("HTTP/1.1", clients, perSecond, () -> new Asker() {
            private @Nullable H1Client open;

            @Override
            public void ask() {
                H1Client client = open;
                if (client == null) {
                    client = H1Client.connect(place.get());
                    connections.incrementAndGet();
                    open = client;
                }
                Wire.Message answer = client.get(host, target.get()).answer();
                expect(answer.status(), answer);
                if (answer.field("Connection").equalsIgnoreCase("close")) {
                    leave();
                }
            }

            @Override
            public void leave() {
                H1Client client = open;
                open = null;
                if (client != null) {
                    client.close();
                }
            }
        });
    }

    private static void expect(int status, Object answer) {
        if (status != 200) {
            throw new UncheckedIOException(new IOException("answer " + answer));
        }
    }

    /** HTTP/2, over connections that are left when the proxy says so. */
    Load http2(int clients, int perSecond, Supplier<H2Client> connect, String host, Supplier<String> target) {
        return with("HTTP/2", clients, perSecond, () -> new Asker() {
            private @Nullable H2Client open;

            @Override
            public void ask() {
                H2Client client = open;
                if (client == null || client.isLeaving()) {
                    client = connect.get();
                    connections.incrementAndGet();
                    open = client;
                }
                H2Client.Answer answer = client.ask(host, target.get());
                expect(answer.status(), answer);
            }

            @Override
            public void leave() {
                H2Client client = open;
                open = null;
                if (client != null) {
                    client.close();
                }
            }
        });
    }

    /** Messages over WebSockets, which are left by those clients of whom that is wanted. */
    Load webSocket(
            int clients,
            int perSecond,
            Supplier<InetSocketAddress> place,
            String host,
            Predicate<InetSocketAddress> left) {
        return with("WebSocket", clients, perSecond, () -> new Asker() {
            private @Nullable WebSocketClient open;
            private InetSocketAddress where = place.get();
            private int count;

            @Override
            public void ask() {
                WebSocketClient client = open;
                if (client != null && left.test(where)) {
                    client.leave();
                    client = null;
                }
                if (client == null) {
                    where = place.get();
                    client = WebSocketClient.open(where, host, "/ws");
                    connections.incrementAndGet();
                    open = client;
                }
                String message = "message " + count++;
                String back = client.echo(message);
                if (!back.equals(message)) {
                    throw new UncheckedIOException(new IOException(message + " came back as " + back));
                }
            }

            @Override
            public void leave() {
                WebSocketClient client = open;
                open = null;
                if (client != null) {
                    client.close();
                }
            }
        });
    }

    int answered() {
        return answered.get();
    }

    /** Connections that were opened so far. */
    int connections() {
        return connections.get();
    }

    int failed() {
        return failed.get();
    }

    /** The first failures. */
    String failures() {
        return failed.get() + " of " + (answered.get() + failed.get()) + " failed:\n"
                + String.join("\n", failures.stream().limit(FAILURES_SHOWN).toList());
    }

    /** Waits until that many more were answered. */
    void awaitMore(int more, Duration longest) {
        int enough = answered() + more;
        Poll.until(more + " more answers", longest, () -> answered() >= enough);
    }

    /** Ends all clients, with the answers that they wait for. */
    @Override
    public void close() {
        over = true;
        for (Thread each : threads) {
            try {
                each.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
