package io.fairlead.test.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.fake.Faults.Call;
import io.fairlead.kernel.fake.Faults.Fault;
import io.fairlead.test.AddressPlan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Scenarios on the fake kernel, where one transaction in ten is refused, and another program edits what is there between
 * steps. Of every flow three answers must agree: the row, the plan, and the rendered rules; and whatever the way was, the
 * kernel must hold what a new agent would write, and what is the other program's as that left it.
 *
 * <p>Confined to one thread.
 */
public final class FakeEngine implements Engine {

    private static final int FAULTS_PERCENT = 10;
    private static final int EDITED_ONE_IN = 2;
    private static final int DEEDS_MAX = 3;
    private static final double ROUNDING = 1e-9;

    private final PlaneKind kind;
    private final AgentPolicy policy;
    private final Faults faults;
    private final Random random;
    private final Set<IpAddress> addresses = new TreeSet<>(AddressPlan.NODE_ADDRESSES);
    private final FakePlane plane;
    private final TraceAnswer tracer;
    /** The backend that a sticky row gave to a client's address. */
    private final Map<IpAddress, String> chosen = new HashMap<>();

    private final ForeignProgram foreign;
    private final boolean disturbed;
    /** What the other program has, as it left it. */
    private List<String> theirs = List.of();
    /** Our next call fails, whatever it is. */
    private boolean failing;

    private Instant now = Instant.EPOCH;
    private Agent agent;

    /** @param seed 0 for a kernel that refuses nothing and that nobody else uses; with an odd one it is an older one */
    public FakeEngine(PlaneKind kind, AgentPolicy policy, long seed) {
        this.kind = kind;
        this.policy = policy.in(kind.rules());
        this.plane = kind.fake(this::now, () -> addresses, seed % 2 == 0);
        this.tracer = new TraceAnswer(plane.tracer());
        this.foreign = plane.foreign();
        this.disturbed = seed != 0;
        Faults byChance = disturbed ? byChance(seed) : Faults.NONE;
        this.faults = (call, number) -> takeFailing() ? Fault.of(Errno.ENOMEM) : byChance.fault(call, number);
        this.random = new Random(seed);
        this.agent = newAgent();
        plane.setFaults(faults);
    }

    /** One transaction in ten is refused, or applied and its answer lost; a start reads so often that less must do. */
    private static Faults byChance(long seed) {
        Faults writes = Faults.seededWithLostAnswers(seed, FAULTS_PERCENT);
        Faults reads = Faults.seeded(seed, 1);
        return (call, number) -> (call == Call.APPLY ? writes : reads).fault(call, number);
    }

    private boolean takeFailing() {
        boolean taken = failing;
        failing = false;
        return taken;
    }

    private Instant now() {
        return now;
    }

    private Agent newAgent() {
        return new Agent(plane.open(), policy);
    }

    @Override
    public void sync(ClusterDelta delta, ClusterSnapshot snapshot) {
        boolean edited = mayBeEdited() && random.nextInt(EDITED_ONE_IN) == 0;
        if (edited) {
            expectTheirsUntouched();
            theirs = undisturbed(this::letOthersEdit);
        }
        agent.sync(delta, snapshot, addresses);
        if (edited) {
            agent.repair(snapshot, addresses);
        }
    }

    /** Records of clients would go with the rules that keep them. */
    private boolean mayBeEdited() {
        return disturbed && chosen.isEmpty();
    }

    private List<String> letOthersEdit() {
        for (int i = 1 + random.nextInt(DEEDS_MAX); i > 0; i--) {
            foreign.act(random);
        }
        return foreign.own();
    }

    private void expectTheirsUntouched() {
        assertEquals(theirs, undisturbed(foreign::own), "what another program has");
    }

    private <T> T undisturbed(Supplier<T> action) {
        plane.setFaults(Faults.NONE);
        try {
            return action.get();
        } finally {
            plane.setFaults(faults);
        }
    }

    @Override
    public void restart(ClusterSnapshot snapshot) {
        agent.close();
        agent = newAgent();
        agent.sync(ClusterDelta.fromEmpty(snapshot), snapshot, addresses);
    }

    @Override
    public PlaneKind plane() {
        return kind;
    }

    @Override
    public Agent agent() {
        return agent;
    }

    @Override
    public void failOnce() {
        failing = true;
    }

    @Override
    public void advance(Duration time) {
        now = now.plus(time);
    }

    @Override
    public void addAddress(IpAddress address) {
        addresses.add(address);
        sync(ClusterDelta.EMPTY, agent.engine().snapshot());
    }

    @Override
    public void removeAddress(IpAddress address) {
        addresses.remove(address);
        sync(ClusterDelta.EMPTY, agent.engine().snapshot());
    }

    @Override
    public void expectFlows(List<FlowRow> rows) {
        for (FlowRow row : rows) {
            SortedSet<String> planned = agent.explain(row.flow());
            assertEquals(row.outcomes(), planned, () -> row + ", by the plan");
            switch (row.stickiness()) {
                case NONE -> expectTrace(row, row.outcomes());
                case STICKY -> {
                    expectTrace(row, row.outcomes());
                    String outcome = tracer.send(row.flow(), random::nextInt);
                    chosen.put(row.flow().source(), FlowRow.backend(outcome));
                    expectTrace(row, Set.of(outcome));
                }
                case SAME -> {
                    String backend = chosen.getOrDefault(row.flow().source(), "");
                    Set<String> same = new TreeSet<>(row.outcomes());
                    same.removeIf(outcome -> !FlowRow.backend(outcome).equals(backend));
                    expectTrace(row, same);
                    String outcome = tracer.send(row.flow(), random::nextInt);
                    assertTrue(same.contains(outcome), () -> row + ": went to " + outcome);
                }
            }
        }
        expectAsFromScratch();
    }

    private void expectTrace(FlowRow row, Set<String> outcomes) {
        expectTrace(row.flow(), outcomes, row.toString());
    }

    /** The rules must do what the plan says; nobody has an affinity record. */
    public void expectSameAnswers(Flow flow, String message) {
        expectTrace(flow, agent.explain(flow), message + ": " + flow);
    }

    /** The rules must do this, each with the same probability. */
    private void expectTrace(Flow flow, Set<String> outcomes, String message) {
        SortedMap<String, Double> traced = tracer.outcomes(flow);
        assertEquals(outcomes, traced.keySet(), () -> message + ", by the rules; matched:" + tracer.matched(flow));
        for (double probability : traced.values()) {
            assertEquals(1.0 / outcomes.size(), probability, ROUNDING, () -> message + ": " + traced);
        }
    }

    @Override
    public void expectClean() {
        ClusterSnapshot snapshot = agent.engine().snapshot();
        assertTrue(snapshot.services().isEmpty(), () -> "there still are " + snapshot.services());
        expectAsFromScratch();
    }

    /** Whatever the way here was, the kernel holds what a new agent writes into an empty one. */
    public void expectAsFromScratch() {
        expectTheirsUntouched();
        expectSameState(
                stateFromScratch(kind, policy, agent.engine().snapshot(), addresses),
                undisturbed(plane::state),
                "another way led to another state");
    }

    /** What a new agent writes into an empty kernel. */
    public static List<String> stateFromScratch(
            PlaneKind kind, AgentPolicy policy, ClusterSnapshot snapshot, Set<IpAddress> addresses) {
        FakePlane empty = kind.fake(InstantSource.system(), () -> addresses, true);
        try (Agent agent = new Agent(empty.open(), policy)) {
            agent.sync(ClusterDelta.fromEmpty(snapshot), snapshot, addresses);
        }
        return empty.state();
    }

    /** Fails with the lines that differ. */
    public static void expectSameState(List<String> expected, List<String> actual, String message) {
        List<String> missing = new ArrayList<>(expected);
        actual.forEach(missing::remove);
        List<String> extra = new ArrayList<>(actual);
        expected.forEach(extra::remove);
        assertTrue(
                missing.isEmpty() && extra.isEmpty(),
                () -> message + "; missing:\n" + String.join("\n", missing) + "\ntoo much:\n"
                        + String.join("\n", extra));
    }

    @Override
    public void close() {
        agent.close();
    }
}
