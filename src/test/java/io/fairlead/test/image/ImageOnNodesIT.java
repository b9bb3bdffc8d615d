package io.fairlead.test.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.cluster.AgentProcess;
import io.fairlead.lab.cluster.AgentProgram;
import io.fairlead.lab.cluster.LabCluster;
import io.fairlead.lab.cluster.ServiceManifest;
import io.fairlead.lab.image.BuildCommand;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.Probe;
import io.fairlead.lab.traffic.ProbeResult;
import io.fairlead.lab.traffic.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agents of the image on the nodes of a lab, as the chart runs them: root with one capability, and nothing that could be
 * written but folders in memory.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
final class ImageOnNodesIT {

    /** CAP_NET_ADMIN of linux/capability.h. */
    private static final long NET_ADMIN = 1L << 12;

    private static final int PORT = 80;
    private static final Pattern CAPABILITIES = Pattern.compile("Cap(?:Eff|Prm|Bnd):\\s+(\\S+)");

    @TempDir
    private static Path folder;

    @Test
    void agentsWithOneCapabilityGetReadyAndServe() throws IOException {
        BuiltImage image = new BuiltImage(Files.createDirectory(folder.resolve("image")));
        Topology topology = Topology.of(2, 1);
        try (LabRun run = LabRun.start(folder.resolve("runs"));
                LabCluster cluster = LabCluster.build(run, topology)) {
            List<Duration> ready = cluster.startAgents(program(image, run));
            System.out.println("agents of the image ready after " + ready);
            HostSpec server = topology.pods().getFirst();
            ServiceManifest service = ServiceManifest.of(
                            "web", DualStack.of("172.30.0.10", "fd00:172:30::10"), PORT, Transport.HTTP)
                    .endpoints(List.of(server));
            cluster.apply(service);

            HostSpec client = topology.pods().getLast();
            ProbeResult result = Probe.http(service.clusterAddress().v4(), PORT).from(cluster.host(client));
            ProbeResult.Answered answered = assertInstanceOf(ProbeResult.Answered.class, result);
            assertEquals(server.name(), answered.answer().pod());
            cluster.agents().forEach(ImageOnNodesIT::assertConfined);
            assertStatusAnswers(image, cluster.agents().getFirst());
        }
    }

    /** Folders of the run have the same paths inside, since the agents are told those. */
    private static AgentProgram program(BuiltImage image, LabRun run) throws IOException {
        Path runs = run.folder().toAbsolutePath();
        Files.createDirectories(image.file(runs.toString()));
        Setpriv setpriv = Setpriv.in(image, folder.resolve("tools"));
        List<String> command = new ArrayList<>(Setpriv.words("--bounding-set=-all,+net_admin", "--inh-caps=-all"));
        command.addAll(List.of(BuiltImage.JAVA, BuiltImage.AGENT_ARGUMENTS));
        Map<String, Path> binds = Map.of(runs.toString(), runs, Setpriv.PLACE, setpriv.folder());
        return new AgentProgram(image.unpacked().command(List.of(), binds, command));
    }

    private static void assertConfined(AgentProcess agent) {
        ProcessHandle java = ProcessHandle.of(agent.pid())
                .flatMap(parent -> parent.descendants().findFirst())
                .orElseThrow();
        try {
            String status = Files.readString(Path.of("/proc", String.valueOf(java.pid()), "status"));
            assertTrue(status.contains("NoNewPrivs:\t1"), status);
            Matcher capabilities = CAPABILITIES.matcher(status);
            int sets = 0;
            while (capabilities.find()) {
                assertEquals(NET_ADMIN, Long.parseLong(capabilities.group(1), 16), status);
                sets++;
            }
            assertEquals(3, sets, status);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** As {@code kubectl exec} would: another process in the same files. */
    private static void assertStatusAnswers(BuiltImage image, AgentProcess agent) {
        Path run = agent.folder();
        String answer = BuildCommand.run(
                run,
                image.unpacked()
                        .command(List.of(), Map.of("/run/fairlead", run), List.of("/usr/bin/fairlead", "status")));
        assertTrue(answer.contains(agent.node().name()), answer);
    }
}
