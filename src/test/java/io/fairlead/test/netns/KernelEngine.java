package io.fairlead.test.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.test.AddressPlan;
import io.fairlead.test.netns.Probe.Result;
import io.fairlead.test.scenario.Agent;
import io.fairlead.test.scenario.Client;
import io.fairlead.test.scenario.Engine;
import io.fairlead.test.scenario.FakeEngine;
import io.fairlead.test.scenario.FlowRow;
import io.fairlead.test.scenario.KernelState;
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

    private final Topology topology;
    private final AgentPolicy policy;
    private final Set<IpAddress> addresses = new TreeSet<>(AddressPlan.NODE_ADDRESSES);
    /** The backend that a sticky row gave to a client's address. */
    private final Map<IpAddress, String> chosen = new HashMap<>();

    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("probe-", 0).factory());
    private Agent agent;

    KernelEngine(Topology topology, AgentPolicy policy) {
        this.topology = topology;
        this.policy = policy;
        this.agent = newAgent();
    }

    private Agent newAgent() {
        return topology.node().run(() -> new Agent(NetlinkNft::open, policy, KernelEngine::permitLoopback));
    }

    private static void permitLoopback(boolean permitted) {
        Sysctl.Outcome outcome = new Sysctl("net/ipv4/conf/all/route_localnet").write(permitted ? 1 : 0);
        assertTrue(outcome instanceof Sysctl.Value, outcome::toString);
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
        for (FlowRow row : rows) {
            assertEquals(row.outcomes(), agent.explain(row.flow()), () -> row + ", by the plan");
        }
        List<FlowRow> possible = rows.stream().filter(KernelEngine::canBeProbed).toList();
        boolean inOrder = rows.stream().anyMatch(row -> agent.hasAffinity(row.flow()));
        if (inOrder) {
            possible.forEach(this::expectFlow);
        } else {
            inParallel(possible);
        }
        KernelState.assertSame(
                FakeEngine.stateFromScratch(policy, agent.engine().snapshot(), addresses),
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

    /** This kernel has no SCTP; and who is sent back to where he is answers himself directly, not through the node. */
    private static boolean canBeProbed(FlowRow row) {
        boolean elsewhere = row.client() == Client.REMOTE_POD || row.client() == Client.OTHER_NODE;
        boolean around = elsewhere
                && row.outcomes().stream()
                        .anyMatch(outcome -> outcome.endsWith(FlowRow.SOURCE_KEPT)
                                && (outcome.startsWith("10.180.1.") || outcome.startsWith("[fd00:10:180:1:")));
        return row.flow().protocol() != Protocol.SCTP && !around;
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
        Flow flow = row.flow();
        Result result = Probe.send(topology.of(row.client()), flow);
        String outcome = switch (result) {
            case Result.Answered answered -> answer(flow, answered);
            case Result.Refused() -> FlowRow.REJECT;
            case Result.Silence() -> FlowRow.DROP;
        };
        assertTrue(
                outcomes.contains(outcome),
                () -> row + " went to " + outcome + " (" + result + "), expected " + outcomes);
        return outcome;
    }

    private static String answer(Flow flow, Result.Answered answered) {
        String destination = io.fairlead.agent.plan.Addresses.withPort(flow.destination(), flow.port());
        boolean kept = answered.sourceKept() || otherPortOnly(flow, answered.seen());
        if (answered.server().equals(destination)) {
            return kept ? FlowRow.PASS : FlowRow.PASS + FlowRow.MASQUERADED;
        }
        return answered.server() + (kept ? FlowRow.SOURCE_KEPT : FlowRow.MASQUERADED);
    }

    /**
     * Two frontends with the same backend: the kernel gives a flow whose port an older one has another port. The node
     * itself is told by its port alone, since masquerading may leave its address as it is.
     */
    private static boolean otherPortOnly(Flow flow, String seen) {
        String source = io.fairlead.agent.plan.Addresses.withPort(flow.source(), 0);
        return !flow.fromNode() && seen.startsWith(source.substring(0, source.length() - 1));
    }

    @Override
    public void expectClean() {
        List<String> left = new ArrayList<>(state());
        left.removeIf(line -> !line.contains(" -> ") || line.contains(" node-addresses "));
        assertEquals(List.of(), left);
    }

    private List<String> state() {
        try (Nft nft = topology.node().run(NetlinkNft::open)) {
            return KernelState.read(nft);
        }
    }

    /** Ends the agent and takes away what it left, as {@code fairlead cleanup} does. */
    @Override
    public void close() {
        threads.shutdownNow();
        agent.close();
        try (Nft nft = topology.node().run(NetlinkNft::open)) {
            NftablesDataplane.cleanup(nft);
        }
        addresses.removeAll(AddressPlan.NODE_ADDRESSES);
        addresses.forEach(topology::removeNodeAddress);
    }
}
