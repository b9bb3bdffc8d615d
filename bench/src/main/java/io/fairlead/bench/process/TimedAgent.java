package io.fairlead.bench.process;

import io.fairlead.agent.ProxyLoop;
import io.fairlead.agent.Rehearsal;
import io.fairlead.agent.SyncEngine;
import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.ipvs.DummyLink;
import io.fairlead.agent.dataplane.ipvs.IpvsDataplane;
import io.fairlead.agent.dataplane.ipvs.IpvsOptions;
import io.fairlead.agent.dataplane.nftables.IpvsTables;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.nft.PhasedNft;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Store, loop, engine and data plane as the agent wires them, without batching delay, fed by hand and timed. Takes the
 * network namespace of the thread that makes it.
 *
 * <p>Confined to the thread that made it.
 */
public final class TimedAgent implements AutoCloseable {

    private static final int STEP_SECONDS_MAX = 120;

    private final PhasedNft nft;
    private final TimedDataplane dataplane;
    private final ClusterStore store = new ClusterStore();
    private final ProxyLoop loop;
    private final ClusterSink sink = store.register("bench");
    private final BlockingQueue<Stepped> steps = new LinkedBlockingQueue<>();

    /** Written by the store's thread before the loop hears of a snapshot. */
    private volatile long publishedAt;

    private volatile long storeThread;

    /**
     * A step of the loop that is over.
     *
     * @param publishedAt when the store published the snapshot, as all times here by {@link System#nanoTime}
     * @param endedAt when the last commit was acknowledged
     * @param stepNanos planning and applying
     * @param dataplaneNanos in the data plane, since the agent was made
     * @param spent in the driver, since the agent was made
     * @param elements changed in the kernel
     * @param loopThread identifier of the loop's thread
     */
    record Stepped(
            long publishedAt,
            long endedAt,
            long stepNanos,
            long dataplaneNanos,
            PhasedNft.Spent spent,
            int elements,
            long loopThread) {}

    /** In mode nftables. */
    TimedAgent() {
        this(
                new PhasedNft(),
                nft -> new NftablesDataplane(nft, nft.supportsOwnedPersistentTables(), _ -> {}),
                policy());
        Thread.ofPlatform()
                .daemon()
                .name("rehearsal")
                .start(new Rehearsal(policy(), () -> store.snapshot().sequence() == 0));
    }

    private TimedAgent(PhasedNft nft, Function<PhasedNft, Dataplane> open, AgentPolicy policy) {
        this.nft = nft;
        this.dataplane = new TimedDataplane(open.apply(nft));
        SyncEngine engine = new SyncEngine(dataplane, new NodeResolver(policy));
        this.loop = new ProxyLoop(engine, Duration.ZERO, Duration.ofHours(1), Duration.ofSeconds(1));
        loop.start(new Observer());
        store.subscribe((delta, snapshot) -> {
            storeThread = Thread.currentThread().threadId();
            publishedAt = System.nanoTime();
            loop.onSnapshot(delta, snapshot);
        });
        store.start();
    }

    /** In mode ipvs. */
    static TimedAgent ipvs(Ipvs ipvs) {
        return new TimedAgent(
                new PhasedNft(),
                nft -> new IpvsDataplane(
                        IpvsTables.serving(nft, nft.supportsOwnedPersistentTables()),
                        ipvs,
                        DummyLink.open(),
                        IpvsOptions.DEFAULT),
                policy().servedBy(ModeRules.IPVS));
    }

    /** What an operator of the synthetic cluster would have decided. */
    public static AgentPolicy policy() {
        return new AgentPolicy(
                SyntheticCluster.NODE,
                new AgentPolicy.PodDetection.ClusterCidr(List.of(IpPrefix.parse(SyntheticCluster.POD_RANGE))),
                false,
                14,
                true,
                NodePortAddresses.DEFAULT);
    }

    void offer(ClusterChange change) {
        sink.offer(change);
    }

    /** Waits for the end of the next step. */
    Stepped await() throws InterruptedException {
        Stepped step = steps.poll(STEP_SECONDS_MAX, TimeUnit.SECONDS);
        if (step == null) {
            throw new IllegalStateException("no step within " + STEP_SECONDS_MAX + " s");
        }
        return step;
    }

    /** The next step, if there is one within this time. */
    boolean stepsWithin(long millis) throws InterruptedException {
        return steps.poll(millis, TimeUnit.MILLISECONDS) != null;
    }

    /** Identifier of the thread that makes snapshots. */
    long storeThread() {
        return storeThread;
    }

    /** Batches sent to the kernel so far. */
    int batches() {
        return nft.spent().batches();
    }

    @Override
    public void close() {
        store.close();
        loop.close();
        dataplane.close();
    }

    private final class Observer implements ProxyLoop.SyncObserver {

        @Override
        public void stepped(SyncEngine.Step step, long queuedNanos, long stepNanos) {
            long now = System.nanoTime();
            if (step.result().dirty()) {
                throw new IllegalStateException("refused: " + step.result().failures());
            }
            steps.add(new Stepped(
                    publishedAt,
                    now,
                    stepNanos,
                    dataplane.nanos(),
                    nft.spent(),
                    step.result().elements(),
                    Thread.currentThread().threadId()));
        }

        @Override
        public void failed(KernelException error) {
            throw error;
        }
    }
}
