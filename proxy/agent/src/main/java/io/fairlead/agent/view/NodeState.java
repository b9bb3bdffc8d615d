package io.fairlead.agent.view;

import io.fairlead.agent.plan.NodePlanner;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectName;
import java.util.Map;

/**
 * What views are taken from: a running agent between two steps, or a plan that was made of a dump of a cluster.
 *
 * <p>Confined to the thread that plans.
 */
public interface NodeState {

    ClusterSnapshot snapshot();

    NodePlanner planner();

    /** Whether an address is one of this node's, loopback included. */
    boolean ofThisNode(IpAddress address);

    /** Services of which the kernel refused a part, with its reason; that part is as it was before. */
    Map<ObjectName, String> refused();
}
