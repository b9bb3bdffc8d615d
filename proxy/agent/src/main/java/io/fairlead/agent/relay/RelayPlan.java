package io.fairlead.agent.relay;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.Client;
import io.fairlead.agent.plan.ClientRule;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.FrontendKind;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Routing;
import io.fairlead.agent.plan.Verdict;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Protocol;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which NodePorts the relay serves, and with which backends: those that the plan gives to the node itself.
 *
 * <p>Thread-safe: a pure function.
 */
final class RelayPlan {

    private RelayPlan() {}

    /** The NodePorts that a change touches, as they are after it. */
    static Map<Integer, LoopbackPort> changes(NodePlanDelta delta) {
        Map<Integer, LoopbackPort> changes = new HashMap<>();
        // All leave before any comes: a NodePort may move from one Service to another.
        for (ServiceChange change : delta.services()) {
            for (PortPlan port : change.before().ports()) {
                put(port, false, changes);
            }
        }
        for (ServiceChange change : delta.services()) {
            for (PortPlan port : change.after().ports()) {
                put(port, true, changes);
            }
        }
        return changes;
    }

    private static void put(PortPlan port, boolean present, Map<Integer, LoopbackPort> changes) {
        if (port.family() != IpFamily.IPV6 || port.name().protocol() != Protocol.TCP) {
            return;
        }
        for (Frontend frontend : port.frontends()) {
            if (frontend.kind() == FrontendKind.NODE_PORT) {
                int number = frontend.key().port();
                List<Backend> backends = present ? backends(port, frontend.routing()) : List.of();
                changes.put(number, new LoopbackPort(number, port.name(), backends, port.affinitySeconds()));
            }
        }
    }

    /** Those of the first rule that fits the node. */
    private static List<Backend> backends(PortPlan port, Routing routing) {
        for (ClientRule rule : routing.rules()) {
            if (rule.client() != Client.LOCAL_POD) {
                return rule.verdict() == Verdict.FORWARD
                        ? port.backends(rule.scope()).stream()
                                .filter(RelayPlan::mayBeConnectedTo)
                                .toList()
                        : List.of();
            }
        }
        return List.of();
    }

    /**
     * Slices are written by users. From the host's own network a connection to one of these addresses would reach what
     * nobody offered to Services.
     */
    private static boolean mayBeConnectedTo(Backend backend) {
        return !backend.address().isLoopback()
                && !backend.address().isLinkLocal()
                && !backend.address().isUnspecified();
    }
}
