package io.fairlead.bench;

import io.fairlead.bench.process.ConnectRace;
import io.fairlead.bench.process.Figures;
import io.fairlead.bench.process.LoopbackNode;
import io.fairlead.lab.hollow.HollowShape;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Mode iptables beside kube-proxy's, and its connections beside our own mode nftables: in turns, each on a fresh node, all
 * from the same real API server.
 *
 * <p>Confined to the main thread.
 */
final class BesideIptables implements Benchmark {

    private static final HollowShape LARGE = HollowShape.of(10_000, 5, 50, 7);
    private static final HollowShape TINY = HollowShape.of(30, 3, 4, 7);

    /** Ours with the tools of either kind, and kube-proxy with the older ones. */
    private static final int NODES_OF_ROUND = 3;

    private static final int ROUNDS_MAX = (Topology.NODES_MAX - 1) / NODES_OF_ROUND;

    private static final int HEAP_MEGABYTES = 96;
    private static final double LEGACY_START_MILLIS_MAX = 4_000;
    private static final double LEGACY_CHANGE_MILLIS_MAX = 400;
    private static final double LEGACY_CHANGE_RATIO_MAX = 1.0 / 3;
    private static final double NFT_START_MILLIS_MAX = 6_000;
    private static final double NFT_CHANGE_MILLIS_MAX = 50;
    private static final double CONNECT_RATIO_MAX = 1.3;

    /** Kube-proxy waits a second from one change to the next. */
    private static final long QUIET_MILLIS = 1_500;

    private static final long TINY_QUIET_MILLIS = 100;

    /** With the newer tools it needs minutes, or does not end at all. */
    private static final long NFT_SECONDS_MAX = 100;

    private static final int RACE_ROUNDS = 10;
    private static final int RACE_CONNECTIONS = 1_000;

    @Override
    public String name() {
        return "iptables";
    }

    @Override
    public String summary() {
        return "mode iptables beside real kube-proxy's, with tools of both kinds; connect() beside mode nftables";
    }

    /**
     * What was measured of one program with one kind of tools.
     *
     * <p>Confined to the main thread.
     */
    private record Measured(List<Figures> legacy, List<Figures> nft, List<Figures> kubeProxy) {
        Measured() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    @Override
    public List<Row> run(Plan plan) {
        boolean tiny = plan.tiny();
        int rounds = Math.min(plan.runs(), ROUNDS_MAX);
        int last = NODES_OF_ROUND * rounds;
        Measured all = new Measured();
        try (AotCache cache = AotCache.record(plan);
                ApiStage stage = ApiStage.build(Topology.of(last + 1, 0), tiny ? TINY : LARGE)) {
            Jvm jvm = plan.jvm(HEAP_MEGABYTES).with(cache.cache());
            for (int round = 0; round < rounds; round++) {
                int first = NODES_OF_ROUND * round;
                all.legacy.add(ours(jvm, stage, Plane.IPTABLES_LEGACY, first, tiny));
                all.kubeProxy.add(theirs(stage, first + 1, tiny));
                all.nft.add(ours(jvm, stage, Plane.IPTABLES_NFT, first + 2, tiny));
            }
            try (NodeProxy nftables = NodeProxy.fairlead(jvm, Plane.NFTABLES, stage.place(last))) {
                nftables.awaitReady();
            }
            Figures race = race(stage, last, tiny);
            List<Row> rows = rows(stage.cluster().shape(), all);
            rows.addAll(rows(race));
            if (!tiny) {
                rows.add(theirStartWithNft(stage, last));
            }
            return rows;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Figures ours(Jvm jvm, ApiStage stage, Plane plane, int node, boolean tiny)
            throws IOException, InterruptedException {
        try (NodeProxy fairlead = NodeProxy.fairlead(jvm, plane, stage.place(node))) {
            return measure(fairlead, stage, plane, tiny ? 2 : 20, tiny ? TINY_QUIET_MILLIS : QUIET_MILLIS);
        }
    }

    private static Figures theirs(ApiStage stage, int node, boolean tiny) throws IOException, InterruptedException {
        Plane plane = Plane.IPTABLES_LEGACY;
        try (NodeProxy kubeProxy = NodeProxy.kubeProxy(ApiStage.judges(), plane, stage.place(node))) {
            return measure(kubeProxy, stage, plane, tiny ? 1 : 10, tiny ? TINY_QUIET_MILLIS : QUIET_MILLIS);
        }
    }

    private static Figures measure(NodeProxy proxy, ApiStage stage, Plane plane, int changes, long quietMillis)
            throws IOException, InterruptedException {
        double wall = proxy.awaitReady();
        double cpu = proxy.look().cpuSeconds();
        double sync = proxy.fullSyncMillis();
        return new SliceChanges(stage)
                .measure(proxy, plane, changes, quietMillis)
                .put("wall", wall)
                .put("cpu-start", cpu)
                .put("sync", sync)
                .put("resident", proxy.look().residentMegabytes());
    }

    /** What the programs left in the kernel, which are gone. */
    private static Figures race(ApiStage stage, int last, boolean tiny) throws IOException, InterruptedException {
        Figures figures = new Figures();
        try (LoopbackNode legacy = stage.loopback(last - NODES_OF_ROUND);
                LoopbackNode kubeProxy = stage.loopback(last - 2);
                LoopbackNode nft = stage.loopback(last - 1);
                LoopbackNode nftables = stage.loopback(last)) {
            ConnectRace race = new ConnectRace(tiny ? 2 : RACE_ROUNDS, tiny ? 20 : RACE_CONNECTIONS);
            race.compare("legacy", stage.way(nftables), stage.way(legacy), figures);
            race.compare("nft", stage.way(nftables), stage.way(nft), figures);
            race.compare("kube-proxy", stage.way(kubeProxy), stage.way(legacy), figures);
            race.compare("noise", stage.way(nftables), stage.way(nftables), figures);
        }
        return figures;
    }

    /** On the node of mode nftables, whose connections have been compared. */
    private static Row theirStartWithNft(ApiStage stage, int node) throws InterruptedException {
        Plane plane = Plane.IPTABLES_NFT;
        try (NodeProxy kubeProxy = NodeProxy.kubeProxy(ApiStage.judges(), plane, stage.place(node))) {
            double millis = kubeProxy.awaitReady(NFT_SECONDS_MAX);
            return Double.isInfinite(millis)
                    ? Row.detail("nft tools, kube-proxy had not finished its start after", NFT_SECONDS_MAX, "s")
                    : Row.detail("nft tools, start of kube-proxy to all in the kernel", millis / 1e3, "s");
        }
    }

    private static List<Row> rows(HollowShape shape, Measured all) {
        Repeated legacy = new Repeated(all.legacy);
        Repeated theirs = new Repeated(all.kubeProxy);
        Repeated nft = new Repeated(all.nft);
        String size = shape.services() + " x " + shape.endpointsEach();
        List<Row> rows = new ArrayList<>();
        rows.add(legacy.row(size + ", legacy tools, first full sync", "sync", "ms", LEGACY_START_MILLIS_MAX));
        rows.add(ratio("  of kube-proxy's", legacy, theirs, "sync", Double.NaN));
        rows.add(theirs.detail("  kube-proxy", "sync", "ms"));
        rows.add(legacy.row("legacy tools, one slice changed", "change", "ms", LEGACY_CHANGE_MILLIS_MAX));
        rows.add(ratio("  of kube-proxy's", legacy, theirs, "change", LEGACY_CHANGE_RATIO_MAX));
        rows.add(theirs.detail("  kube-proxy", "change", "ms"));
        rows.add(legacy.detail("  Fairlead, slowest", "change-most", "ms"));
        rows.add(theirs.detail("  kube-proxy, slowest", "change-most", "ms"));
        rows.add(legacy.detail("  Fairlead, from the API server's answer", "change-from-answer", "ms"));
        both(rows, "legacy tools, start to all in the kernel", legacy, theirs, "wall", "ms");
        both(rows, "legacy tools, CPU time of the start", legacy, theirs, "cpu-start", "s");
        both(rows, "legacy tools, CPU time of a change", legacy, theirs, "cpu-change", "ms");
        both(rows, "legacy tools, resident memory", legacy, theirs, "resident", "MB");
        rows.add(nft.row(size + ", nft tools, first full sync", "sync", "ms", NFT_START_MILLIS_MAX));
        rows.add(nft.detail("  start to all in the kernel", "wall", "ms"));
        rows.add(nft.row("nft tools, one slice changed", "change", "ms", NFT_CHANGE_MILLIS_MAX));
        rows.add(nft.detail("  slowest", "change-most", "ms"));
        rows.add(nft.detail("  from the API server's answer", "change-from-answer", "ms"));
        rows.add(nft.detail("  CPU time", "cpu-change", "ms"));
        return rows;
    }

    private static List<Row> rows(Figures race) {
        return List.of(
                Row.race("connect(), legacy tools, of mode nftables", race, "legacy", CONNECT_RATIO_MAX),
                Row.detail("  mode nftables", race.get("legacy-base-us"), "us"),
                Row.detail("  legacy tools", race.get("legacy-us"), "us"),
                Row.race("connect(), nft tools, of mode nftables", race, "nft", CONNECT_RATIO_MAX),
                Row.detail("  nft tools", race.get("nft-us"), "us"),
                Row.race("connect(), legacy tools, of kube-proxy's", race, "kube-proxy", Double.NaN),
                Row.detail("  kube-proxy", race.get("kube-proxy-base-us"), "us"),
                Row.race("  noise", race, "noise", Double.NaN));
    }

    private static Row ratio(String what, Repeated ours, Repeated theirs, String figure, double limit) {
        return Row.single(what, ours.median(figure) / theirs.median(figure), "", limit);
    }

    private static void both(List<Row> rows, String what, Repeated ours, Repeated theirs, String figure, String unit) {
        rows.add(ratio(what + ", of kube-proxy's", ours, theirs, figure, Double.NaN));
        rows.add(ours.detail("  Fairlead", figure, unit));
        rows.add(theirs.detail("  kube-proxy", figure, unit));
    }
}
