package io.fairlead.lab.traffic;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The part of a load that comes from one host.
 *
 * <p>Confined to the thread that runs it, which lives in the host's namespace; {@link #stopOpening} and {@link #abandon}
 * are thread-safe.
 */
final class LoadClient implements Runnable {

    /** Beyond this many at a time, descriptors would run out; the next ones wait their turn, which shows as lag. */
    private static final int IN_FLIGHT_MAX = 1000;

    private static final int REPLY_BYTES_MAX = 2048;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int PAUSE_MILLIS_MAX = 10;
    private static final byte[] REQUEST = Answer.request(true);

    private final String name;
    private final TrafficLoad.Settings settings;
    private final LoadCounts counts;
    private final long offsetNanos;
    private final long intervalNanos;
    private final ByteBuffer scratch = ByteBuffer.allocate(REPLY_BYTES_MAX);
    /** In order of their begin, which is the order of their deadlines; those that ended are skipped. */
    private final Deque<Attempt> inFlight = new ArrayDeque<>();

    /** Connections that are still to be begun. */
    private long left;
    /** The place of the last target that was asked. */
    private int turn;
    /** Connections that are under way. */
    private int open;

    private volatile boolean opening = true;
    private volatile boolean abandoned;

    /**
     * One connection.
     *
     * <p>Confined to the thread of its client.
     */
    private static final class Attempt {
        final SocketChannel channel;
        final InetSocketAddress target;
        final long start;
        final StringBuilder reply = new StringBuilder();
        boolean ended;

        Attempt(SocketChannel channel, InetSocketAddress target, long start) {
            this.channel = channel;
            this.target = target;
            this.start = start;
        }
    }

    /** @param place which of {@code clients} it is, so that they do not all begin at the same moment */
    LoadClient(String name, TrafficLoad.Settings settings, LoadCounts counts, int place, int clients) {
        this.name = name;
        this.settings = settings;
        this.counts = counts;
        this.intervalNanos = clients * 1_000_000_000L / settings.perSecond();
        this.left = settings.duration().toNanos() / intervalNanos;
        this.offsetNanos = intervalNanos * place / clients;
    }

    void stopOpening() {
        opening = false;
    }

    void abandon() {
        opening = false;
        abandoned = true;
    }

    @Override
    public void run() {
        try (Selector selector = Selector.open()) {
            long next = System.nanoTime() + offsetNanos;
            while (!abandoned) {
                boolean more = opening && left > 0;
                if (!more && open == 0) {
                    return;
                }
                for (long now = System.nanoTime(); more && left > 0 && next <= now && open < IN_FLIGHT_MAX; left--) {
                    begin(selector, now - next);
                    next += intervalNanos;
                }
                selector.select(this::handle, pauseMillis(next));
                expire();
            }
            inFlight.forEach(LoadClient::closeQuietly);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Until the next connection is due, rounded up: late ones catch up. Cut short to notice the end. */
    private static long pauseMillis(long next) {
        return Math.clamp((next - System.nanoTime()) / NANOS_PER_MILLI + 1, 1, PAUSE_MILLIS_MAX);
    }

    private void begin(Selector selector, long lagNanos) {
        counts.started(lagNanos);
        InetSocketAddress target = nextTarget();
        SocketChannel channel;
        try {
            channel = SocketChannel.open();
        } catch (IOException noDescriptorsLeft) {
            failed(FailureKind.BROKEN, target);
            return;
        }
        Attempt attempt = new Attempt(channel, target, System.nanoTime());
        inFlight.add(attempt);
        open++;
        try {
            // As in Probe: a reset at the end, so that no port stays taken.
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            boolean connected = channel.connect(target);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, attempt);
            if (connected) {
                ask(key, attempt);
            }
        } catch (IOException e) {
            fail(attempt, FailureKind.of(e));
        }
    }

    private InetSocketAddress nextTarget() {
        turn = (turn + 1) % settings.targets().size();
        return settings.targets().get(turn);
    }

    private void handle(SelectionKey key) {
        Attempt attempt = (Attempt) key.attachment();
        try {
            if (key.isConnectable() && attempt.channel.finishConnect()) {
                ask(key, attempt);
            } else if (key.isReadable()) {
                read(attempt);
            }
        } catch (IOException e) {
            fail(attempt, FailureKind.of(e));
        } catch (IllegalArgumentException notAnAnswer) {
            fail(attempt, FailureKind.BROKEN);
        }
    }

    private static void ask(SelectionKey key, Attempt attempt) throws IOException {
        // A request is far smaller than an empty send buffer.
        attempt.channel.write(ByteBuffer.wrap(REQUEST));
        key.interestOps(SelectionKey.OP_READ);
    }

    private void read(Attempt attempt) throws IOException {
        int read = attempt.channel.read(scratch.clear());
        if (read < 0 || attempt.reply.length() > REPLY_BYTES_MAX) {
            throw new EOFException("the reply is cut off or too long");
        }
        String reply = attempt.reply
                .append(StandardCharsets.US_ASCII.decode(scratch.flip()))
                .toString();
        if (Answer.isCompleteReply(reply)) {
            counts.answered(Answer.parse(reply), System.nanoTime() - attempt.start);
            end(attempt);
        }
    }

    private void expire() {
        long oldest = System.nanoTime() - settings.timeout().toNanos();
        for (Attempt first = inFlight.peek(); first != null && (first.ended || first.start < oldest); ) {
            if (!first.ended) {
                fail(first, FailureKind.TIMED_OUT);
            }
            inFlight.remove();
            first = inFlight.peek();
        }
    }

    private void fail(Attempt attempt, FailureKind kind) {
        failed(kind, attempt.target);
        end(attempt);
    }

    private void failed(FailureKind kind, InetSocketAddress target) {
        counts.failed(kind, name + " -> " + target);
    }

    private void end(Attempt attempt) {
        attempt.ended = true;
        open--;
        closeQuietly(attempt);
    }

    private static void closeQuietly(Attempt attempt) {
        try {
            attempt.channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
