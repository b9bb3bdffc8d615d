package io.fairlead.image;

import io.fairlead.lab.hollow.HollowChange;
import io.fairlead.lab.hollow.HollowCluster;
import io.fairlead.lab.hollow.HollowIngress;
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
 * Records what the JVM loads and what runs often at a program's start, inside the image: it uses a recording only with the
 * runtime, the flags and the jars, their paths and times included, that it was made with. A program starts as in a cluster,
 * in a network namespace: against an API server with TLS and HTTP/2, the agent with all that it writes to the kernel.
 *
 * <p>Immutable.
 *
 * @param image without a recording
 */
record StartRecording(ProgramFiles files, UnpackedImage image) {

    /** Where a program finds its kubeconfig and makes its socket. */
    private static final String RUN = "/run/fairlead";

    private static final String KUBECONFIG = "--kubeconfig=" + RUN + "/kubeconfig";

    private static final Program AGENT = new Program(
            ProgramFiles.Start.AGENT,
            List.of(
                    "proxy",
                    KUBECONFIG,
                    "--node-name=hollow-1",
                    "--cluster-cidr=10.0.0.0/9",
                    // The maximum belongs to this machine.
                    "--conntrack-max-per-core=0"),
            "SyncReporter: ready: ");

    private static final Program INGRESS = new Program(
            ProgramFiles.Start.INGRESS,
            List.of("ingress", KUBECONFIG, "--watch-ingress-without-class"),
            "FrontDoor: ready");

    private static final HollowShape CLUSTER = HollowShape.of(100, 5, 5, 1);
    private static final int CHANGES = 50;
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);

    /**
     * What is started.
     *
     * <p>Immutable.
     *
     * @param words of its command line
     * @param ready what its log says when it is
     */
    private record Program(ProgramFiles.Start start, List<String> words, String ready) {}

    /**
     * Runs the agent.
     *
     * @param folder for the recording, and for what the agent reads and writes
     * @return the recording
     * @throws LabException if the agent does not get ready, or end
     */
    Path ofAgent(Path folder) {
        return record(AGENT, folder);
    }

    /**
     * Runs the ingress.
     *
     * @param folder for the recording, and for what the ingress reads and writes
     * @return the recording
     * @throws LabException if the ingress does not get ready, or end
     */
    Path ofIngress(Path folder) {
        return record(INGRESS, folder);
    }

    private Path record(Program program, Path folder) {
        Path recording = folder.resolve(ProgramFiles.name(program.start().recording()));
        try {
            Path lab = Files.createDirectories(folder.resolve("lab"));
            Path state = Files.createDirectories(folder.resolve("run"));
            try (LabRun run = LabRun.start(lab);
                    Lab network = Lab.build(run, Topology.of(1, 1))) {
                NodeSpec node = network.topology().nodes().getFirst();
                record(program, run, network.host(node.host()), folder, state);
            }
            if (Files.size(recording) == 0) {
                throw new LabException("the JVM recorded nothing");
            }
        } catch (IOException e) {
            throw new LabException("there is no recording of a start: " + e, e);
        }
        return recording;
    }

    private void record(Program program, LabRun run, Host node, Path folder, Path state) throws IOException {
        HollowCluster cluster = new HollowCluster(CLUSTER);
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.ofLiteral(node.addresses().text4()), 0);
        try (SecureHollow api = node.namespace().run(() -> SecureHollow.start(cluster, address, state))) {
            api.server().apply(List.of(new HollowChange(HollowChange.Verb.ADDED, new HollowIngress("team-1"))));
            Path log = state.resolve("log");
            List<String> command = new ArrayList<>(files.recordingCommand(program.start()));
            command.addAll(program.words());
            Process process = run.start(
                    new ProcessBuilder(image.command(
                                    List.of("/tmp"), Map.of(RUN, state, ProgramFiles.RECORDINGS, folder), command))
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile()),
                    node.namespace());
            awaitReady(process, log, program.ready());
            for (int i = 0; i < CHANGES; i++) {
                api.server().apply(cluster.next(Instant.now()).changes());
                LockSupport.parkNanos(POLL.toNanos());
            }
            end(process, log);
        }
    }

    private static void awaitReady(Process program, Path log, String ready) throws IOException {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!Files.readString(log).contains(ready)) {
            if (!program.isAlive() || System.nanoTime() > end) {
                throw new LabException("a program in the image does not get ready: " + Files.readString(log));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** The recording is written at its end, which it has to come to by itself: it is the child of who made its namespaces. */
    private static void end(Process program, Path log) throws IOException {
        program.children().forEach(ProcessHandle::destroy);
        try {
            if (!program.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS) || program.exitValue() != 0) {
                throw new LabException("a program in the image does not end well: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while a start was recorded", e);
        }
    }
}
