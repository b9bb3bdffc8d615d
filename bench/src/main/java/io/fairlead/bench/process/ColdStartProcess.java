package io.fairlead.bench.process;

import io.fairlead.bench.process.TimedAgent.Stepped;
import io.fairlead.cluster.ClusterChange;
import java.util.concurrent.locks.LockSupport;

/**
 * Cold start: from the moment a source is in sync to everything in the kernel, in a JVM that has done nothing before.
 *
 * <p>Confined to the main thread.
 */
public final class ColdStartProcess {

    /** To list ten thousand Services takes any API server longer. */
    private static final long LISTING_NANOS = 1_000_000_000;

    private ColdStartProcess() {}

    /** Arguments: {@link ClusterSize#arguments}. */
    public static void main(String[] words) throws InterruptedException {
        SyntheticCluster cluster = new SyntheticCluster(ClusterSize.parse(words[0], words[1]));
        try (TimedAgent agent = new TimedAgent()) {
            cluster.forEach(object -> agent.offer(new ClusterChange.Upsert(object)));
            // A real source is slower than the store, which therefore has little left to do when the last word comes;
            // and the rehearsal is over.
            LockSupport.parkNanos(LISTING_NANOS);
            long start = System.nanoTime();
            agent.offer(new ClusterChange.Synced());
            Stepped step = agent.await();
            figures(start, step).print();
        }
    }

    private static Figures figures(long start, Stepped step) {
        long driver = step.spent().encodeNanos()
                + step.spent().kernelNanos()
                + step.spent().readNanos();
        return new Figures()
                .putMillis("total", step.endedAt() - start)
                .putMillis("snapshot", step.publishedAt() - start)
                .putMillis("plan", step.stepNanos() - step.dataplaneNanos())
                .putMillis("render", step.dataplaneNanos() - driver)
                .putMillis("read", step.spent().readNanos())
                .putMillis("encode", step.spent().encodeNanos())
                .putMillis("kernel", step.spent().kernelNanos())
                .put("batches", step.spent().batches())
                .put("elements", step.elements());
    }
}
