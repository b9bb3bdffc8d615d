package io.fairlead.bench;

import io.fairlead.bench.look.KernelWatch;
import io.fairlead.bench.look.LegacyWatch;
import io.fairlead.bench.process.Figures;
import io.fairlead.bench.process.Samples;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.lab.hollow.HollowCluster;
import io.fairlead.lab.hollow.HollowObject;
import java.io.IOException;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One EndpointSlice changes, again and again: an endpoint goes, and when that is over another one becomes ready, which is
 * timed. So every layout has another number of rules afterwards than before, which even a kernel interface shows that
 * tells nothing else.
 *
 * <p>Confined to the main thread.
 */
final class SliceChanges {

    private static final long MILLIS_MAX = 120_000;

    private final ApiStage stage;
    private final Random random = new Random(7);

    SliceChanges(ApiStage stage) {
        this.stage = stage;
    }

    /**
     * What sees that a change is in the kernel.
     *
     * <p>Confined to the main thread, but for what tells it.
     */
    private sealed interface Watch extends AutoCloseable {

        /** Waits until nothing has happened for so long. */
        void awaitQuiet(long millis) throws InterruptedException;

        /** Whatever is to come comes from now on. */
        void mark();

        /** Waits for any change since the mark, then until nothing has happened for so long. */
        void awaitChange(long quietMillis) throws InterruptedException;

        /** From now on an endpoint is to come. */
        void expect(String address);

        /** Waits for it; returns when it came, as {@link System#nanoTime}, or 0 if it takes too long. */
        long await() throws InterruptedException;

        @Override
        void close();

        static Watch of(Plane plane, NetNs namespace) {
            return plane == Plane.IPTABLES_LEGACY
                    ? new Asking(new LegacyWatch(namespace))
                    : new Told(KernelWatch.in(namespace));
        }
    }

    /** By the number of rules. */
    private static final class Asking implements Watch {

        private final LegacyWatch table;
        private int before;

        Asking(LegacyWatch table) {
            this.table = table;
        }

        @Override
        public void awaitQuiet(long millis) {
            table.awaitQuiet(millis);
        }

        @Override
        public void mark() {
            before = table.rules();
        }

        @Override
        public void awaitChange(long quietMillis) {
            if (!table.awaitOther(before, MILLIS_MAX)) {
                throw new IllegalStateException("nothing came into the kernel");
            }
            table.awaitQuiet(quietMillis);
        }

        @Override
        public void expect(String address) {
            mark();
        }

        @Override
        public long await() {
            return table.awaitOther(before, MILLIS_MAX) ? System.nanoTime() : 0;
        }

        @Override
        public void close() {}
    }

    /** By the kernel's own word. */
    private static final class Told implements Watch {

        private final KernelWatch kernel;
        private long since;
        private volatile long took;

        Told(KernelWatch kernel) {
            this.kernel = kernel;
        }

        @Override
        public void awaitQuiet(long millis) throws InterruptedException {
            kernel.awaitQuiet(millis);
        }

        @Override
        public void mark() {
            since = System.nanoTime();
        }

        @Override
        public void awaitChange(long quietMillis) throws InterruptedException {
            long last = kernel.awaitQuiet(quietMillis);
            while (last < since) {
                if (System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(MILLIS_MAX)) {
                    throw new IllegalStateException("nothing came into the kernel");
                }
                last = kernel.awaitQuiet(quietMillis);
            }
        }

        @Override
        public void expect(String address) {
            mark();
            kernel.expect(address, since, nanos -> took = nanos);
        }

        @Override
        public long await() throws InterruptedException {
            return kernel.awaitExpected(MILLIS_MAX) ? since + took : 0;
        }

        @Override
        public void close() {
            kernel.close();
        }
    }

    /**
     * Measures a proxy that has everything in the kernel.
     *
     * @param quietMillis as long as it waits between two changes
     */
    Figures measure(NodeProxy proxy, Plane plane, int count, long quietMillis)
            throws IOException, InterruptedException {
        Samples fromRequest = new Samples();
        Samples fromAnswer = new Samples();
        double cpu = 0;
        try (Watch watch = Watch.of(plane, proxy.place().namespace())) {
            for (int i = 0; i < count; i++) {
                HollowCluster.Replaced replaced = stage.cluster()
                        .replaceOne(random.nextInt(stage.cluster().shape().services()), Instant.now());
                HollowObject slice = replaced.changes().getFirst().object();
                String endpoints = content(slice);
                watch.mark();
                put(slice, endpoints.replaceFirst("\"ready\":true", "\"ready\":false"));
                watch.awaitChange(quietMillis);
                double cpuBefore = proxy.look().cpuSeconds();
                watch.expect(replaced.address());
                long request = System.nanoTime();
                put(slice, endpoints);
                long answer = System.nanoTime();
                long seen = watch.await();
                if (seen == 0) {
                    throw new IllegalStateException(replaced.address() + " did not come into the kernel");
                }
                watch.awaitQuiet(quietMillis);
                cpu += proxy.look().cpuSeconds() - cpuBefore;
                fromRequest.add(seen - request);
                fromAnswer.add(Math.max(0, seen - answer));
            }
        }
        return new Figures()
                .put("change", fromRequest.quantile(0.5) / 1e6)
                .put("change-most", fromRequest.quantile(1) / 1e6)
                .put("change-from-answer", fromAnswer.quantile(0.5) / 1e6)
                .put("cpu-change", 1e3 * cpu / count);
    }

    /** All that changes about a slice. */
    private static String content(HollowObject slice) {
        StringBuilder rest = new StringBuilder();
        slice.writeRest(rest);
        return "{" + rest.substring(1) + "}";
    }

    private void put(HollowObject slice, String content) throws IOException {
        String collection = "/apis/discovery.k8s.io/v1/namespaces/" + slice.namespace() + "/endpointslices/";
        stage.api().merge(collection + slice.name(), content).expectSuccess();
    }
}
