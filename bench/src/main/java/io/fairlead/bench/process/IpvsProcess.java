package io.fairlead.bench.process;

import io.fairlead.bench.look.CpuTime;
import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.model.Ipv4Address;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Mode ipvs from a source in sync to everything in the kernel, and one endpoint after another that moves; then
 * {@code ipvsadm --restore} of the same state, and of as many moves. CPU time, since it runs where no clock is to be trusted.
 *
 * <p>Confined to the main thread.
 */
public final class IpvsProcess {

    /** As in a cold start of mode nftables. */
    private static final long LISTING_NANOS = 1_000_000_000;

    private static final long QUIET_MILLIS = 300;
    private static final long SELF = ProcessHandle.current().pid();

    private final SyntheticCluster cluster;
    private final int changes;
    private final Figures figures = new Figures();

    private IpvsProcess(SyntheticCluster cluster, int changes) {
        this.cluster = cluster;
        this.changes = changes;
    }

    /** Arguments: {@link ClusterSize#arguments}, changes. */
    public static void main(String[] words) throws IOException, InterruptedException {
        SyntheticCluster cluster = new SyntheticCluster(ClusterSize.parse(words[0], words[1]));
        IpvsProcess process = new IpvsProcess(cluster, Integer.parseInt(words[2]));
        process.measureOurs();
        process.measureIpvsadm();
        process.figures.print();
    }

    private void measureOurs() throws InterruptedException {
        CountedIpvs ipvs = new CountedIpvs(NetlinkIpvs.open());
        try (TimedAgent agent = TimedAgent.ipvs(ipvs)) {
            cluster.forEach(object -> agent.offer(new ClusterChange.Upsert(object)));
            LockSupport.parkNanos(LISTING_NANOS);
            CpuTime before = CpuTime.of(SELF);
            agent.offer(new ClusterChange.Synced());
            agent.await();
            put("start", CpuTime.of(SELF).since(before), 1);
            figures.putMillis("start-ipvs", ipvs.nanos()).put("start-messages", (double) ipvs.messages());

            long messages = ipvs.messages();
            long nanos = ipvs.nanos();
            before = CpuTime.of(SELF);
            for (int i = 0; i < changes; i++) {
                agent.offer(cluster.moveEndpoint(service(i), true));
                agent.await();
            }
            put("change", CpuTime.of(SELF).since(before), changes);
            figures.putMillis("change-ipvs", (ipvs.nanos() - nanos) / changes)
                    .put("change-messages", (double) (ipvs.messages() - messages) / changes);

            messages = ipvs.messages();
            agent.offer(cluster.moveEndpoint(service(0), true));
            boolean stepped = agent.stepsWithin(QUIET_MILLIS);
            figures.put("nothing-messages", (double) (ipvs.messages() - messages) + (stepped ? 1 : 0));
        }
    }

    private int service(int change) {
        return change % cluster.size().services();
    }

    /** Of what is in the kernel now; of moves back to where the endpoints were. */
    private void measureIpvsadm() throws IOException, InterruptedException {
        Path state = Files.createTempFile("ipvs", ".state");
        ipvsadm("--save -n", Path.of("/dev/null"), state);
        ipvsadm("--clear", Path.of("/dev/null"), Path.of("/dev/null"));
        CpuTime before = CpuTime.ofChildren(SELF);
        ipvsadm("--restore", state, Path.of("/dev/null"));
        put("start-ipvsadm", CpuTime.ofChildren(SELF).since(before), 1);
        Path restored = Files.createTempFile("ipvs", ".restored");
        ipvsadm("--save -n", Path.of("/dev/null"), restored);
        if (Files.mismatch(state, restored) >= 0) {
            throw new IllegalStateException("ipvsadm restored something else");
        }

        Path move = Files.createTempFile("ipvs", ".move");
        before = CpuTime.ofChildren(SELF);
        for (int i = 0; i < changes; i++) {
            Files.write(move, move(service(i)));
            ipvsadm("--restore", move, Path.of("/dev/null"));
        }
        put("change-ipvsadm", CpuTime.ofChildren(SELF).since(before), changes);
    }

    private List<String> move(int service) {
        String server = " -t " + SyntheticCluster.clusterIp(service) + ":" + SyntheticCluster.PORT + " -r ";
        String port = ":" + SyntheticCluster.TARGET_PORT;
        Ipv4Address home = cluster.endpointAddress(service, 0);
        return List.of(
                "-a" + server + home + port + " -m -w 1",
                "-d" + server + SyntheticCluster.spareAddress(service) + port);
    }

    private static void ipvsadm(String words, Path in, Path out) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(("ipvsadm " + words).split(" "))
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("ipvsadm " + words + " failed");
        }
    }

    /** In the process and in the kernel together: this kind of kernel does not tell them apart. */
    private void put(String name, CpuTime spent, int times) {
        figures.put(name, spent.micros() / 1e3 / times);
    }
}
