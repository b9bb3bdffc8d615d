package io.fairlead.lab.cluster;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.Lab;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.PodServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Everything together. What it made on this machine goes with its run; {@link #close} ends only what is inside this
 * process.
 *
 * <p>Confined to one thread at a time, save {@link #close}.
 */
public final class LabCluster implements AutoCloseable {

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration IN_FORCE_TIMEOUT = Duration.ofSeconds(10);
    private static final long POLL_NANOS = 1_000_000;

    private final LabRun run;
    private final Lab lab;
    private final PodServers servers;
    private final ManifestFolder manifests;
    private final List<AgentProcess> agents = new ArrayList<>();

    private LabCluster(LabRun run, Lab lab, PodServers servers, ManifestFolder manifests) {
        this.run = run;
        this.lab = lab;
        this.servers = servers;
        this.manifests = manifests;
    }

    /** The network, all pods serving, and manifests of nothing but the nodes; no agents. */
    public static LabCluster build(LabRun run, Topology topology) {
        Lab lab = Lab.build(run, topology);
        PodServers servers = PodServers.start();
        topology.pods().forEach(pod -> servers.serve(lab.host(pod)));
        ManifestFolder manifests = ManifestFolder.create(run.folder().resolve("manifests"), topology);
        return new LabCluster(run, lab, servers, manifests);
    }

    /** Starts an agent on each node and waits until all are ready; the times are in the order of the nodes. */
    public List<Duration> startAgents(AgentProgram program) {
        List<String> source = List.of("--manifests", manifests.path().toString());
        lab.topology()
                .nodes()
                .forEach(node -> agents.add(AgentProcess.start(run, lab.host(node.host()), program, source)));
        Map<AgentProcess, Duration> ready = new HashMap<>();
        while (ready.size() < agents.size()) {
            agents.stream()
                    .filter(agent -> !ready.containsKey(agent))
                    .forEach(agent -> agent.readyAfter(READY_TIMEOUT).ifPresent(time -> ready.put(agent, time)));
            LockSupport.parkNanos(POLL_NANOS);
        }
        return agents.stream().map(ready::get).toList();
    }

    /** Starts an ingress in a pod. */
    public IngressProcess startIngress(HostSpec pod, AgentProgram program) {
        String node = topology().nodeOf(pod).name();
        return IngressProcess.start(run, lab.host(pod), node, program, manifests.path());
    }

    public Topology topology() {
        return lab.topology();
    }

    public Host host(HostSpec spec) {
        return lab.host(spec);
    }

    public Host outside() {
        return lab.outside();
    }

    public ManifestFolder manifests() {
        return manifests;
    }

    /** In the order of the nodes. */
    public List<AgentProcess> agents() {
        return List.copyOf(agents);
    }

    /**
     * Writes a Service and waits until every agent has it in its kernel.
     *
     * @return the time from the written file to the slowest agent
     */
    public Duration apply(ServiceManifest service) {
        manifests.put(service);
        long start = System.nanoTime();
        awaitInForce(service);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Waits until every agent routes a Service to exactly these endpoints. */
    public void awaitInForce(ServiceManifest service) {
        long deadline = System.nanoTime() + IN_FORCE_TIMEOUT.toNanos();
        for (AgentProcess agent : agents) {
            while (!hasInForce(agent, service)) {
                if (System.nanoTime() > deadline) {
                    throw new LabException("the agent of " + agent.node().name() + " did not take over "
                            + manifests.file(service.name()) + " within " + IN_FORCE_TIMEOUT.toMillis() + " ms");
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    /** An agent shows a change only after it is in the kernel. */
    private boolean hasInForce(AgentProcess agent, ServiceManifest service) {
        String page =
                agent.page("/services", Map.of("filter", service.fullName())).orElse("");
        // The filter also lets Services pass whose names begin alike; each object begins with its namespace.
        String own = Arrays.stream(page.split(quoted("namespace"), -1))
                .filter(object -> object.contains(quoted(service.name())))
                .collect(Collectors.joining());
        Set<HostSpec> routed = topology().pods().stream()
                .filter(pod -> own.contains(quoted(pod.addresses().text4())))
                .collect(Collectors.toSet());
        return own.contains(quoted(service.clusterAddress().text4())) && routed.equals(Set.copyOf(service.endpoints()));
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    @Override
    public void close() {
        servers.close();
        lab.close();
    }
}
