package io.fairlead.image;

import io.fairlead.lab.hollow.HollowCluster;
import io.fairlead.lab.hollow.HollowShape;
import io.fairlead.lab.hollow.SecureHollow;
import io.fairlead.lab.image.UnpackedImage;
import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.Lab;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Records what the JVM loads and what runs often at an agent's start, inside the image: it uses a recording only with the
 * runtime, the flags and the jars, their paths and times included, that it was made with. The agent starts as on a node, in
 * a network namespace: against an API server with TLS and HTTP/2, with all that it writes to the kernel.
 *
 * <p>Immutable.
 */
record StartRecording(ProgramFiles files) {

    /** Where the agent finds its kubeconfig and makes its socket. */
    private static final String RUN = "/run/fairlead";

    private static final List<String> PROGRAM = List.of(
            "proxy",
            "--kubeconfig=" + RUN + "/kubeconfig",
            "--node-name=hollow-1",
            "--cluster-cidr=10.0.0.0/9",
            // The maximum belongs to this machine.
            "--conntrack-max-per-core=0");

    private static final HollowShape CLUSTER = HollowShape.of(100, 5, 5, 1);
    private static final int CHANGES = 50;
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);

    /**
     * Runs the agent.
     *
     * @param image without a recording
     * @param folder for the recording, and for what the agent reads and writes
     * @return the recording
     * @throws LabException if the agent does not get ready, or end
     */
    Path record(UnpackedImage image, Path folder) {
        Path recording = folder.resolve(ProgramFiles.name(ProgramFiles.RECORDING));
        try {
            Path lab = Files.createDirectories(folder.resolve("lab"));
            Path state = Files.createDirectories(folder.resolve("run"));
            try (LabRun run = LabRun.start(lab);
                    Lab network = Lab.build(run, Topology.of(1, 1))) {
                NodeSpec node = network.topology().nodes().getFirst();
                record(image, run, network.host(node.host()), folder, state);
            }
            if (Files.size(recording) == 0) {
                throw new LabException("the JVM recorded nothing");
            }
        } catch (IOException e) {
            throw new LabException("there is no recording of a start: " + e, e);
        }
        return recording;
    }

    private void record(UnpackedImage image, LabRun run, Host node, Path folder, Path state) throws IOException {
        HollowCluster cluster = new HollowCluster(CLUSTER);
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.ofLiteral(node.addresses().text4()), 0);
        try (SecureHollow api = node.namespace().run(() -> SecureHollow.start(cluster, address, state))) {
            Path log = state.resolve("log");
            List<String> command = new ArrayList<>(files.recordingCommand());
            command.addAll(PROGRAM);
            Process agent = run.start(
                    new ProcessBuilder(image.command(
                                    List.of("/tmp"),
                                    Map.of(RUN, state, ProgramFiles.parent(ProgramFiles.RECORDING), folder),
                                    command))
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile()),
                    node.namespace());
            awaitReady(agent, log);
            for (int i = 0; i < CHANGES; i++) {
                api.server().apply(cluster.next(Instant.now()).changes());
                LockSupport.parkNanos(POLL.toNanos());
            }
            end(agent, log);
        }
    }

    private static void awaitReady(Process agent, Path log) throws IOException {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!Files.readString(log).contains("ready: ")) {
            if (!agent.isAlive() || System.nanoTime() > end) {
                throw new LabException("the agent in the image does not get ready: " + Files.readString(log));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** The recording is written at its end, which it has to come to by itself: it is the child of who made its namespaces. */
    private static void end(Process agent, Path log) throws IOException {
        agent.children().forEach(ProcessHandle::destroy);
        try {
            if (!agent.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS) || agent.exitValue() != 0) {
                throw new LabException("the agent in the image does not end well: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while a start was recorded", e);
        }
    }
}
