package io.fairlead.bench;

import io.fairlead.agent.FairleadMain;
import io.fairlead.bench.look.MetricsLook;
import io.fairlead.bench.look.ProcessLook;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.lab.hollow.HollowAddresses;
import io.fairlead.lab.image.UnpackedImage;
import io.fairlead.lab.kube.Judges;
import io.fairlead.lab.run.MemoryGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A proxy at work on a node: Fairlead or kube-proxy, in nftables mode unless told otherwise.
 *
 * <p>Confined to the main thread.
 */
final class NodeProxy implements AutoCloseable {

    private static final String KUBE_PROXY_READY = "\"SyncProxyRules complete\" ipFamily=\"IPv4\"";
    private static final long READY_SECONDS_MAX = 600;
    private static final long COLLECTION_SECONDS_MAX = 30;

    /**
     * Where a proxy is.
     *
     * <p>Immutable.
     *
     * @param node its name
     * @param source the words that say where the cluster is from; both programs understand them
     * @param runDir for a socket
     */
    record Place(NetNs namespace, String node, List<String> source, Path runDir) {
        Place {
            source = List.copyOf(source);
        }
    }

    private final Place place;
    private final Child process;
    private final String readyText;

    private NodeProxy(Place place, List<String> command, String readyText) {
        this.place = place;
        this.readyText = readyText;
        this.process = Child.start(place.namespace(), command);
    }

    static NodeProxy fairlead(Jvm jvm, Place place) {
        return new NodeProxy(place, fairleadCommand(jvm, place), "ready:");
    }

    /** In the mode of a plane, on a node that has nothing of it yet. */
    static NodeProxy fairlead(Jvm jvm, Plane plane, Place place) {
        plane.mark(place.namespace());
        List<String> command = fairleadCommand(jvm, place);
        command.addAll(List.of("--mode", plane.mode()));
        return new NodeProxy(place, command, "ready:");
    }

    private static List<String> fairleadCommand(Jvm jvm, Place place) {
        List<String> command = jvm.command();
        command.add(FairleadMain.class.getName());
        command.addAll(fairleadWords(place));
        return command;
    }

    private static List<String> fairleadWords(Place place) {
        List<String> words = new ArrayList<>(List.of("proxy"));
        words.addAll(place.source());
        words.addAll(
                List.of("--node-name", place.node(), "--run-dir", place.runDir().toString()));
        words.addAll(List.of("--cluster-cidr", HollowAddresses.POD_RANGE));
        return words;
    }

    /**
     * Fairlead in its image's files, and in a group.
     *
     * @param folder that the words of the place lead into; it has the same path there
     */
    static NodeProxy fairlead(UnpackedImage image, Path folder, MemoryGroup group, Place place) {
        List<String> program = new ArrayList<>(image.entryPoint());
        program.addAll(fairleadWords(place));
        List<String> memory = List.of("/tmp");
        Map<String, Path> binds = Map.of(folder.toString(), folder);
        return new NodeProxy(place, group.words(image.command(memory, binds, program)), "ready:");
    }

    /** How many elements an agent without memory would change, which it also does. */
    static double differenceOnce(Jvm jvm, Place place) {
        List<String> command = fairleadCommand(jvm, place);
        command.add("--once");
        try (Child once = Child.start(place.namespace(), command)) {
            String output = once.join(READY_SECONDS_MAX);
            String changed = output.replaceFirst("(?s).*?([0-9]+) elements changed.*", "$1");
            return Double.parseDouble(changed);
        }
    }

    /** With what a network namespace does not let it set left alone; all else is its default. */
    static NodeProxy kubeProxy(Judges judges, Place place) {
        return kubeProxy(judges, Plane.NFTABLES, place);
    }

    /** The same, in the mode of a plane and with its tools. */
    static NodeProxy kubeProxy(Judges judges, Plane plane, Place place) {
        List<String> command = new ArrayList<>(List.of("env", "PATH=" + plane.path(place.runDir())));
        command.addAll(kubeProxyCommand(judges, plane, place));
        return new NodeProxy(place, command, KUBE_PROXY_READY);
    }

    /** In nftables mode, in a group. */
    static NodeProxy kubeProxy(Judges judges, MemoryGroup group, Place place) {
        return new NodeProxy(place, group.words(kubeProxyCommand(judges, Plane.NFTABLES, place)), KUBE_PROXY_READY);
    }

    private static List<String> kubeProxyCommand(Judges judges, Plane plane, Place place) {
        List<String> command = new ArrayList<>();
        command.add(judges.program("kubernetes", "kube-proxy").toString());
        command.addAll(place.source());
        command.addAll(List.of("--hostname-override=" + place.node(), "--proxy-mode=" + plane.mode()));
        command.addAll(List.of("--cluster-cidr=" + HollowAddresses.POD_RANGE, "-v=2"));
        command.addAll(List.of("--conntrack-max-per-core=0", "--conntrack-min=0"));
        return command;
    }

    Place place() {
        return place;
    }

    /** Milliseconds from its start until everything was in the kernel. */
    double awaitReady() throws InterruptedException {
        process.awaitOutput(readyText, READY_SECONDS_MAX);
        return (System.nanoTime() - process.startedAt()) / 1e6;
    }

    /** The same, or infinite if that takes it longer. */
    double awaitReady(long secondsMax) throws InterruptedException {
        return process.says(readyText, secondsMax)
                ? (System.nanoTime() - process.startedAt()) / 1e6
                : Double.POSITIVE_INFINITY;
    }

    /** Milliseconds of the first full sync, by the same metric of both programs; to be asked for before the next. */
    double fullSyncMillis() {
        String metric = "kubeproxy_sync_full_proxy_rules_duration_seconds";
        MetricsLook page = metrics();
        double count = page.sum(metric + "_count", "ip_family=\"IPv4\"");
        return 1e3 * page.sum(metric + "_sum", "ip_family=\"IPv4\"") / count;
    }

    MetricsLook metrics() {
        return MetricsLook.in(place.namespace());
    }

    /** What is left of the Java heap after a full collection, which this asks for. */
    double liveHeapMegabytes() {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        List<String> collect = List.of(jcmd, Long.toString(process.pid()), "GC.run");
        try (Child collection = Child.start(place.namespace(), collect)) {
            collection.join(COLLECTION_SECONDS_MAX);
        }
        return metrics().sum("fairlead_heap_used_bytes") / (1 << 20);
    }

    ProcessLook look() {
        return ProcessLook.at(process.pid());
    }

    @Override
    public void close() {
        process.close();
    }
}
