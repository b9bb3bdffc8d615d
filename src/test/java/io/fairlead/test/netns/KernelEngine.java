package io.fairlead.test.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.conntrack.Conntrack;
import io.fairlead.kernel.conntrack.ConntrackFilter;
import io.fairlead.test.AddressPlan;
import io.fairlead.test.Poll;
import io.fairlead.test.netns.Probe.Result;
import io.fairlead.test.scenario.Agent;
import io.fairlead.test.scenario.Client;
import io.fairlead.test.scenario.Engine;
import io.fairlead.test.scenario.FakeEngine;
import io.fairlead.test.scenario.FlowRow;
import io.fairlead.test.scenario.PlaneKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * Scenarios on the real kernel, with real connections and datagrams.
 *
 * <p>Of a random choice each backend must be seen within so many tries that a false alarm has a probability below one
 * in a thousand million; of more than three backends none may be seen that is not among them. Confined to one thread;
 * probes run on threads of their own.
 */
final class KernelEngine implements Engine {

    private static final int THREADS = 12;
    /** Three backends: 3 · (2/3)^54 is below 10^-9. Two: 2 · (1/2)^54. */
    private static final int TRIES_MAX = 54;

    private static final int SEEN_MAX = 3;
    private static final int STICKY_TRIES = 8;

    /** Answers take less than a millisecond, when the machine is not busy. */
    private static final Duration PATIENCE = Duration.ofMillis(300);

    /** A process that another play starts has the agent's socket for a moment, and its tables with it. */
    private static final Duration OWNED_MAX = Duration.ofSeconds(5);

    private static final Duration MORE_PATIENCE = Duration.ofSeconds(5);

    private final KernelPlane plane;
    private final Topology topology;
    private final AgentPolicy policy;
    private final Set<IpAddress> addresses = new TreeSet<>(AddressPlan.NODE_ADDRESSES);
    /** The backend that a sticky row gave to a client's address. */
    private final Map<IpAddress, String> chosen = new HashMap<>();

    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("probe-", 0).factory());
    private Dataplane dataplane;
    private Agent agent;

    KernelEngine(KernelPlane plane, Topology topology, AgentPolicy policy) {
        this.plane = plane;
        this.topology = topology;
        this.policy = policy.in(plane.kind().rules());
        this.dataplane = topology.node().run(plane::open);
        this.agent = newAgent();
    }

    private Agent newAgent() {
        return topology.node().run(() -> new Agent(dataplane, policy));
    }

    @Override
    public PlaneKind plane() {
        return plane.kind();
    }

    @Override
    public void sync(ClusterDelta delta, ClusterSnapshot snapshot) {
        topology.node().run(() -> {
            agent.sync(delta, snapshot, addresses);
        });
    }

    @Override
    public void restart(ClusterSnapshot snapshot) {
        agent.close();
        dataplane = topology.node().run(plane::open);
        agent = newAgent();
        sync(ClusterDelta.fromEmpty(snapshot), snapshot);
    }

    @Override
    public Agent agent() {
        return agent;
    }

    /** A real kernel does not refuse because we ask it to; the fake one does. */
    @Override
    public void failOnce() {}

    @Override
    public void advance(Duration time) {
        throw new UnsupportedOperationException("real time does not advance by " + time);
    }

    @Override
    public void addAddress(IpAddress address) {
        addresses.add(address);
        topology.addNodeAddress(address);
        sync(ClusterDelta.EMPTY, agent.engine().snapshot());
    }

    @Override
    public void removeAddress(IpAddress address) {
        addresses.remove(address);
        topology.removeNodeAddress(address);
        sync(ClusterDelta.EMPTY, agent.engine().snapshot());
    }

    @Override
    public void expectFlows(List<FlowRow> rows) {
        topology.node().run(() -> plane.settle(dataplane));
        for (FlowRow row : rows) {
            assertEquals(row.outcomes(), agent.explain(row.flow()), () -> row + ", by the plan");
        }
        List<FlowRow> possible = rows.stream().filter(KernelEngine::canBeProbed).toList();
        // Where clients leave records the order matters.
        Map<Boolean, List<FlowRow>> byAffinity =
                possible.stream().collect(Collectors.partitioningBy(row -> agent.hasAffinity(row.flow())));
        inParallel(byAffinity.getOrDefault(false, List.of()));
        byAffinity.getOrDefault(true, List.of()).forEach(this::expectFlow);
        FakeEngine.expectSameState(
                FakeEngine.stateFromScratch(plane.kind(), policy, agent.engine().snapshot(), addresses),
                state(),
                "the kernel does not hold what a new agent writes into the fake one");
    }

    private void inParallel(List<FlowRow> rows) {
        List<Future<?>> running = new ArrayList<>();
        for (FlowRow row : rows) {
            running.add(threads.submit(() -> expectFlow(row)));
        }
        for (Future<?> probe : running) {
            try {
                probe.get();
            } catch (ExecutionException e) {
                throw new AssertionError(String.valueOf(e.getMessage()), e);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Some kernels have no SCTP; and who is sent back to where he is answers himself directly, not through the node. */
    private static boolean canBeProbed(FlowRow row) {
        boolean elsewhere = row.client() == Client.REMOTE_POD || row.client() == Client.OTHER_NODE;
        boolean around = elsewhere
                && row.outcomes().stream()
                        .anyMatch(outcome -> outcome.endsWith(FlowRow.SOURCE_KEPT)
                                && (outcome.startsWith("10.180.1.") || outcome.startsWith("[fd00:10:180:1:")));
        // Nobody listens there, so nobody says that it came.
        boolean unheard = row.flow().protocol() == Protocol.UDP
                && row.flow().destination().isLoopback()
                && row.outcomes().contains(FlowRow.PASS);
        return (row.flow().protocol() != Protocol.SCTP || SctpSocket.isThere()) && !around && !unheard;
    }

    private void expectFlow(FlowRow row) {
        switch (row.stickiness()) {
            case NONE -> expectAll(row);
            case STICKY -> {
                String backend = FlowRow.backend(expectOne(row, row.outcomes()));
                chosen.put(row.flow().source(), backend);
                expectSame(row, backend);
            }
            case SAME -> expectSame(row, chosen.getOrDefault(row.flow().source(), ""));
        }
    }

    /** Every outcome is seen, and no other one. */
    private void expectAll(FlowRow row) {
        boolean allSeen = row.outcomes().size() <= SEEN_MAX && !agent.hasAffinity(row.flow());
        int tries = row.outcomes().size() == 1 ? 1 : TRIES_MAX;
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < tries && seen.size() < row.outcomes().size(); i++) {
            seen.add(expectOne(row, row.outcomes()));
        }
        if (allSeen) {
            assertEquals(row.outcomes(), new TreeSet<>(seen), () -> row + " in " + tries + " tries");
        }
    }

    private void expectSame(FlowRow row, String backend) {
        Set<String> same = new TreeSet<>(row.outcomes());
        same.removeIf(outcome -> !FlowRow.backend(outcome).equals(backend));
        for (int i = 0; i < STICKY_TRIES; i++) {
            expectOne(row, same);
        }
    }

    private String expectOne(FlowRow row, Set<String> outcomes) {
        Result result = Probe.send(topology.of(row.client()), row.flow(), PATIENCE);
        if (result instanceof Result.Silence && !outcomes.contains(FlowRow.DROP)) {
            // On a busy machine an answer may take long; silence stays silence.
            result = Probe.send(topology.of(row.client()), row.flow(), MORE_PATIENCE);
        }
        Result seen = result;
        Set<String> possible = outcomes(row.flow(), seen);
        possible.retainAll(outcomes);
        assertFalse(possible.isEmpty(), () -> row + ": " + seen + ", expected " + outcomes);
        return possible.iterator().next();
    }

    /**
     * What a result may mean. The node itself may be masqueraded to the address that it had anyway; then only the port
     * is another, but that may happen to a kept source too, where two flows would clash.
     */
    private static Set<String> outcomes(Flow flow, Result result) {
        return switch (result) {
            case Result.Refused() -> new TreeSet<>(Set.of(FlowRow.REJECT));
            case Result.Silence() -> new TreeSet<>(Set.of(FlowRow.DROP));
            case Result.Answered answered -> {
                Set<String> meanings = new TreeSet<>();
                boolean passed = answered.server().equals(Addresses.withPort(flow.destination(), flow.port()));
                String who = passed ? FlowRow.PASS : answered.server();
                boolean kept = answered.seen().equals(flow.source());
                if (kept) {
                    meanings.add(passed ? FlowRow.PASS : who + FlowRow.SOURCE_KEPT);
                }
                if (!kept || flow.fromNode()) {
                    meanings.add(who + FlowRow.MASQUERADED);
                }
                yield meanings;
            }
        };
    }

    @Override
    public void expectClean() {
        assertTrue(agent.engine().snapshot().services().isEmpty());
        expectFlows(List.of());
    }

    private List<String> state() {
        return topology.node().run(plane::state);
    }

    /** The next scenario may use the same Service, and a probe the same port, while the kernel remembers the flow. */
    private void forgetFlows() {
        try (Conntrack conntrack = topology.node().run(Conntrack::open)) {
            for (Protocol protocol : List.of(Protocol.UDP, Protocol.SCTP)) {
                conntrack.delete(ConntrackFilter.ipv4(protocol.number()));
                conntrack.delete(ConntrackFilter.ipv6(protocol.number()));
            }
        }
    }

    private boolean isClean() {
        try {
            plane.cleanup();
            return true;
        } catch (KernelException e) {
            if (e.errno() == Errno.EPERM) {
                return false;
            }
            throw e;
        }
    }

    /** Ends the agent and takes away what it left, as {@code fairlead cleanup} does. */
    @Override
    public void close() {
        threads.shutdownNow();
        agent.close();
        Poll.until(
                "agents' rules can be removed", OWNED_MAX, () -> topology.node().run(this::isClean));
        forgetFlows();
        addresses.removeAll(AddressPlan.NODE_ADDRESSES);
        addresses.forEach(topology::removeNodeAddress);
    }
}
