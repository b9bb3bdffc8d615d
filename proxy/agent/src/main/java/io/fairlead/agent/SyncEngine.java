package io.fairlead.agent;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.agent.plan.NodeFacts;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanner;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.agent.view.NodeState;
import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectName;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One step of the agent: snapshot to plan to kernel. Without clock, threads or batching, which {@link ProxyLoop} adds,
 * so that tests can step it.
 *
 * <p>Confined to the proxy loop's thread.
 */
public final class SyncEngine implements NodeState {

    private Dataplane dataplane;
    private NodeResolver resolver;
    private final NodePlanner planner = new NodePlanner();
    private final Map<ObjectName, String> refused = new TreeMap<>();

    private ClusterSnapshot snapshot = ClusterSnapshot.EMPTY;
    private Set<IpAddress> nodeAddresses = Set.of();
    private @Nullable NodeFacts facts;
    private boolean restartNext = true;
    /** The plan began with the last step: what changed is everything. */
    private boolean began;
    /** What changed in the plan in steps that ended in an exception: nobody was told of it yet. */
    private @Nullable NodePlanDelta untold;

    private List<ClusterChange.Triggered> triggers = List.of();

    public SyncEngine(Dataplane dataplane, NodeResolver resolver) {
        this.dataplane = dataplane;
        this.resolver = resolver;
    }

    /**
     * What a step did.
     *
     * @param change what changed in the plan
     * @param result what was sent to the kernel
     * @param everything whether all of the kernel was read back and compared, not only what changed
     * @param triggers what led to the step, as far as it is known
     */
    public record Step(
            NodePlanDelta change, SyncResult result, boolean everything, List<ClusterChange.Triggered> triggers) {}

    /**
     * Brings the kernel up to the snapshot.
     *
     * @param delta what differs from the snapshot of the step before
     * @param addresses every address on an interface of this node
     */
    public Step apply(ClusterDelta delta, ClusterSnapshot next, Set<IpAddress> addresses) {
        NodeFacts before = facts;
        NodePlanDelta change = plan(delta, next, addresses);
        boolean otherPods = before != null
                && !before.localPods().equals(resolver.facts(next).localPods());
        return restartNext || otherPods ? applyAll(change) : send(change, change, false);
    }

    /**
     * As {@link #apply}, and reads the kernel back to repair whatever differs. Also the way to try again after a
     * refusal: an answer of the kernel may have been lost, and then what is remembered of it is wrong.
     */
    public Step applyEverything(ClusterDelta delta, ClusterSnapshot next, Set<IpAddress> addresses) {
        return applyAll(plan(delta, next, addresses));
    }

    /** Goes on with another data plane, which hears of everything in the next step; the one before is the caller's. */
    void goOnWith(Dataplane other, NodeResolver otherResolver) {
        dataplane = other;
        resolver = otherResolver;
        restartNext = true;
    }

    /** Rules of the mode that serves. */
    ModeRules rules() {
        return resolver.rules();
    }

    private NodePlanDelta plan(ClusterDelta delta, ClusterSnapshot next, Set<IpAddress> addresses) {
        snapshot = next;
        nodeAddresses = addresses;
        triggers = delta.tally().triggers();
        NodeFacts before = facts;
        NodeFacts after = resolver.facts(next);
        facts = after;
        began = before == null;
        NodePlanDelta change =
                planner.update(touched(delta, before, after), next, after, resolver.settings(next, addresses));
        untold = untold == null ? change : untold.then(change);
        return untold;
    }

    private Step applyAll(NodePlanDelta change) {
        restartNext = true;
        dataplane.restart();
        return send(change, began ? change : planner.everything(), true);
    }

    private Step send(NodePlanDelta change, NodePlanDelta sent, boolean everything) {
        // A data plane that ends this with an exception knows half of it, and must hear everything.
        restartNext = true;
        SyncResult result = dataplane.apply(sent);
        restartNext = false;
        return applied(change, result, everything);
    }

    private Step applied(NodePlanDelta change, SyncResult result, boolean everything) {
        untold = null;
        refused.clear();
        for (SyncResult.Failure failure : result.failures()) {
            failure.frontend()
                    .flatMap(planner::owner)
                    .map(Frontend::port)
                    .ifPresent(port -> refused.put(port.service(), failure.reason()));
        }
        return new Step(change, result, everything, triggers);
    }

    /** All Services if what every plan depends on has changed, else those that the delta names. */
    private SortedSet<ObjectName> touched(ClusterDelta delta, @Nullable NodeFacts before, NodeFacts after) {
        if (after.equals(before)) {
            return delta.services();
        }
        // Of a sorted map this is linear, of its keys it is not.
        SortedSet<ObjectName> all = new TreeSet<>(new TreeMap<>(snapshot.services()).navigableKeySet());
        all.addAll(planner.services());
        return all;
    }

    @Override
    public ClusterSnapshot snapshot() {
        return snapshot;
    }

    @Override
    public NodePlanner planner() {
        return planner;
    }

    @Override
    public boolean ofThisNode(IpAddress address) {
        return address.isLoopback() || nodeAddresses.contains(address);
    }

    @Override
    public Map<ObjectName, String> refused() {
        return Collections.unmodifiableMap(refused);
    }
}
