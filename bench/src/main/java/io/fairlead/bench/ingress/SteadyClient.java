package io.fairlead.bench.ingress;

import io.fairlead.bench.process.Figures;
import io.fairlead.bench.process.Samples;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that asks at a fixed rate, whatever the answers take. A time is counted from the moment at which a request
 * was due, so that one that had to wait for a free connection counts with its wait ("coordinated omission" is none).
 *
 * <p>Confined to the main thread, which ends with the program; {@link Run} to the event loop's.
 */
public final class SteadyClient {

    private static final double MICRO = 1e3;

    /** Of moments: that of the calmer half's median. */
    private static final double CALM_SHARE = 0.25;

    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private SteadyClient() {}

    /** The words are: port, hosts, requests each second, seconds that count, connections. */
    public static void main(String[] words) throws InterruptedException {
        int port = Integer.parseInt(words[0]);
        int hosts = Integer.parseInt(words[1]);
        int rate = Integer.parseInt(words[2]);
        int seconds = Integer.parseInt(words[3]);
        int connections = Integer.parseInt(words[4]);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Run run = new Run(loops.next(), TimeUnit.SECONDS.toNanos(1) / rate, (long) rate * (seconds + 1), rate);
        Bootstrap bootstrap = new Bootstrap().group(loops).channel(EpollSocketChannel.class);
        for (int i = 0; i < connections; i++) {
            SteadyConnection connection = new SteadyConnection(run, i % hosts);
            bootstrap
                    .clone()
                    .handler(connection)
                    .connect(Contender.ADDRESS, port)
                    .syncUninterruptibly();
        }
        run.begin();
        Samples times = run.await();
        Samples moments = new Samples();
        run.moments.stream().filter(moment -> moment.size() > 0).forEach(moment -> moments.add(moment.quantile(0.99)));
        new Figures()
                .put("p50", times.quantile(0.5) / MICRO)
                .put("p99", times.quantile(0.99) / MICRO)
                .put("calm-p99", moments.quantile(CALM_SHARE) / MICRO)
                .put("most", times.quantile(1) / MICRO)
                .put("answers", times.size())
                .print();
        System.exit(0);
    }

    /**
     * What is due, and who is free.
     *
     * <p>Confined to the event loop's thread, but for {@link #begin} and {@link #await}.
     */
    static final class Run {

        private final EventLoop loop;
        private final long gapNanos;
        private final long count;
        private final long uncounted;
        private final ArrayDeque<SteadyConnection> free = new ArrayDeque<>();
        private final Samples times = new Samples();
        /** The same times, by when they were due. */
        private final List<Samples> moments = new ArrayList<>();

        private long startNanos;
        private long sent;
        private long ended;
        private volatile boolean complete;

        /** @param uncounted requests at the beginning whose times are thrown away */
        private Run(EventLoop loop, long gapNanos, long count, long uncounted) {
            this.loop = loop;
            this.gapNanos = gapNanos;
            this.count = count;
            this.uncounted = uncounted;
        }

        private void begin() {
            loop.execute(() -> {
                startNanos = System.nanoTime();
                sendDue();
            });
        }

        private Samples await() throws InterruptedException {
            while (!complete) {
                TimeUnit.SECONDS.sleep(1);
            }
            return times;
        }

        /** A connection has nothing to do. */
        void idle(SteadyConnection connection) {
            free.push(connection);
        }

        void answered(SteadyConnection connection, long request) {
            if (request >= uncounted) {
                count(request - uncounted, System.nanoTime() - dueNanos(request));
            }
            free.push(connection);
            if (++ended == count) {
                complete = true;
            } else if (sent < count && dueNanos(sent) <= System.nanoTime()) {
                send();
            }
        }

        private void count(long number, long nanos) {
            times.add(nanos);
            int moment = (int) (number * gapNanos / MOMENT_NANOS);
            while (moments.size() <= moment) {
                moments.add(new Samples());
            }
            moments.get(moment).add(nanos);
        }

        private long dueNanos(long request) {
            return startNanos + request * gapNanos;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // It is the loop that waits.
        private void sendDue() {
            long now = System.nanoTime();
            while (sent < count && dueNanos(sent) <= now && !free.isEmpty()) {
                send();
            }
            if (sent < count) {
                // With nobody free, whoever becomes free sends.
                long wait = Math.max(dueNanos(sent) - System.nanoTime(), free.isEmpty() ? gapNanos : 0);
                loop.schedule(this::sendDue, wait, TimeUnit.NANOSECONDS);
            }
        }

        private void send() {
            free.pop().send(sent++);
        }
    }
}
