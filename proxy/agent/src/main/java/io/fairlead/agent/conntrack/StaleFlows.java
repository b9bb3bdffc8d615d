package io.fairlead.agent.conntrack;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Policy: which UDP flows are stale. No I/O, clock or threads; what it says depends only on the plan.
 *
 * <p>A flow is stale when it was sent to a frontend of a UDP Service port that has a backend, and what answers is none
 * of the port's backends. So flows that were never translated are, and those to an old target port. Backends of both
 * traffic policies count, since an entry does not tell which kind of client made it. A port without backends is left
 * alone: whatever answers is better than nothing.
 *
 * <p>Confined to the stale flow cleaner's thread.
 */
final class StaleFlows {

    /** Every UDP frontend of the plan. */
    private final Map<FrontendKey, PortPlan> ports = new HashMap<>();

    private Set<IpAddress> nodePortAddresses = Set.of();

    /**
     * Where packets of a flow come from or go to.
     *
     * <p>Immutable.
     */
    record End(IpAddress address, int port) {}

    /** Whether the policy has anything to say about a Service. */
    static boolean concerns(ServiceChange change) {
        return hasUdp(change.before()) || hasUdp(change.after());
    }

    private static boolean hasUdp(ServicePlan plan) {
        for (PortPlan port : plan.ports()) {
            if (isUdp(port)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUdp(PortPlan port) {
        return port.name().protocol() == Protocol.UDP;
    }

    /**
     * Takes over a change of the plan.
     *
     * @return frontends that stale flows may go to since: those that are new, those whose backends are others than
     *     before, and every NodePort if the node serves them on one more address
     */
    Set<FrontendKey> update(Collection<ServiceChange> changes, NodeSettings settings) {
        Set<FrontendKey> suspects = new HashSet<>();
        // All leave before any comes: a frontend may move from one Service to another.
        for (ServiceChange change : changes) {
            for (PortPlan port : change.before().ports()) {
                port.frontends().forEach(frontend -> ports.remove(frontend.key()));
            }
        }
        for (ServiceChange change : changes) {
            for (PortPlan port : change.after().ports()) {
                if (isUdp(port)) {
                    add(port, change.before(), suspects);
                }
            }
        }
        Set<IpAddress> addresses = Set.copyOf(settings.nodePortAddresses());
        if (!nodePortAddresses.containsAll(addresses)) {
            ports.keySet().stream().filter(key -> key.address().isUnspecified()).forEach(suspects::add);
        }
        nodePortAddresses = addresses;
        return suspects;
    }

    private void add(PortPlan port, ServicePlan serviceBefore, Set<FrontendKey> suspects) {
        Set<FrontendKey> unchanged = new HashSet<>();
        for (PortPlan before : serviceBefore.ports()) {
            if (before.name().equals(port.name())
                    && before.family() == port.family()
                    && before.cluster().equals(port.cluster())
                    && before.local().equals(port.local())) {
                before.frontends().forEach(frontend -> unchanged.add(frontend.key()));
            }
        }
        for (Frontend frontend : port.frontends()) {
            ports.put(frontend.key(), port);
            if (!unchanged.contains(frontend.key())) {
                suspects.add(frontend.key());
            }
        }
    }

    /**
     * Whether a UDP flow is stale.
     *
     * @param suspects the frontends that are asked about; flows to others are not judged
     * @param destination as the client sent it
     * @param answering the source of what comes back
     */
    boolean isStale(Set<FrontendKey> suspects, End destination, End answering) {
        FrontendKey key = frontend(destination);
        PortPlan port = ports.get(key);
        return port != null
                && suspects.contains(key)
                && hasBackends(port)
                && !isAmong(port.cluster(), answering)
                && !isAmong(port.local(), answering);
    }

    /** Whether there can be a stale flow to a frontend at all. */
    boolean isJudged(FrontendKey key) {
        PortPlan port = ports.get(key);
        return port != null && hasBackends(port);
    }

    private static boolean hasBackends(PortPlan port) {
        return !port.cluster().isEmpty() || !port.local().isEmpty();
    }

    /** Exact addresses win over NodePorts. */
    private FrontendKey frontend(End destination) {
        FrontendKey exact = new FrontendKey(destination.address(), destination.port(), Protocol.UDP);
        if (ports.containsKey(exact) || !nodePortAddresses.contains(destination.address())) {
            return exact;
        }
        IpAddress any = Addresses.any(destination.address().family());
        return new FrontendKey(any, destination.port(), Protocol.UDP);
    }

    /** @param sorted by address and port, as plans are */
    private static boolean isAmong(List<Backend> sorted, End end) {
        return Collections.binarySearch(sorted, new Backend(end.address(), end.port(), Backend.Where.UNKNOWN)) >= 0;
    }
}
