package io.fairlead.bench.process;

import com.sun.management.ThreadMXBean;
import io.fairlead.bench.process.TimedAgent.Stepped;
import io.fairlead.cluster.ClusterChange;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * One endpoint changes in a cluster that is in the kernel: from the event to the last commit, one change at a time. In
 * turn an endpoint moves to another address and back, and becomes unready and ready again.
 *
 * <p>Confined to the main thread.
 */
public final class EndpointChangeProcess {

    private static final long SEED = 20_251_121;
    /** Between two changes, so that each meets the caches of a process that did something else. */
    private static final long PAUSE_NANOS = 2_000_000;

    private static final long QUIET_MILLIS = 300;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Random random = new Random(SEED);
    private final SyntheticCluster cluster;
    private final TimedAgent agent;

    private long loopThread;
    private long elements;

    private EndpointChangeProcess(SyntheticCluster cluster, TimedAgent agent) {
        this.cluster = cluster;
        this.agent = agent;
    }

    /** Arguments: {@link ClusterSize#arguments}, changes to warm up with, changes to measure. */
    public static void main(String[] words) throws InterruptedException {
        SyntheticCluster cluster = new SyntheticCluster(ClusterSize.parse(words[0], words[1]));
        try (TimedAgent agent = new TimedAgent()) {
            cluster.forEach(object -> agent.offer(new ClusterChange.Upsert(object)));
            agent.offer(new ClusterChange.Synced());
            agent.await();
            new EndpointChangeProcess(cluster, agent)
                    .measure(Integer.parseInt(words[2]), Integer.parseInt(words[3]))
                    .print();
        }
    }

    private Figures measure(int warmUp, int changes) throws InterruptedException {
        Samples first = change(warmUp);
        long allocatedByLoop = threads.getThreadAllocatedBytes(loopThread);
        long allocatedByStore = threads.getThreadAllocatedBytes(agent.storeThread());
        long elementsBefore = elements;
        int batchesBefore = agent.batches();
        long collectionsBefore = collections();
        Samples measured = change(changes);
        double count = measured.size();
        return new Figures()
                .put("first-p50-us", first.quantile(0.5) / 1e3)
                .put("p50-us", measured.quantile(0.5) / 1e3)
                .put("p99-us", measured.quantile(0.99) / 1e3)
                .put("max-us", measured.quantile(1) / 1e3)
                .put("loop-bytes", (threads.getThreadAllocatedBytes(loopThread) - allocatedByLoop) / count)
                .put("store-bytes", (threads.getThreadAllocatedBytes(agent.storeThread()) - allocatedByStore) / count)
                .put("elements", (elements - elementsBefore) / count)
                .put("batches", (agent.batches() - batchesBefore) / count)
                .put("collections", (double) (collections() - collectionsBefore))
                .put("batches-for-nothing", batchesForNothing());
    }

    private Samples change(int changes) throws InterruptedException {
        Samples samples = new Samples();
        while (samples.size() < changes) {
            int service = random.nextInt(cluster.size().services());
            samples.add(apply(cluster.moveEndpoint(service, true)));
            samples.add(apply(cluster.moveEndpoint(service, false)));
            samples.add(apply(cluster.setReady(service, false)));
            samples.add(apply(cluster.setReady(service, true)));
        }
        return samples;
    }

    private long apply(ClusterChange change) throws InterruptedException {
        LockSupport.parkNanos(PAUSE_NANOS);
        long start = System.nanoTime();
        agent.offer(change);
        Stepped step = agent.await();
        loopThread = step.loopThread();
        elements += step.elements();
        return step.endedAt() - start;
    }

    /** Says again what is already so. */
    private int batchesForNothing() throws InterruptedException {
        int before = agent.batches();
        for (int service = 0; service < Math.min(10, cluster.size().services()); service++) {
            agent.offer(cluster.setReady(service, true));
        }
        boolean stepped = agent.stepsWithin(QUIET_MILLIS);
        return agent.batches() - before + (stepped ? 1 : 0);
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }
}
