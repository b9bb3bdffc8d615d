package io.fairlead.agent;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.AgentPolicy.PodDetection;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.SnapshotSubscriber;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Node;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/**
 * Whether the configuration, the node and this kernel agree about address families. The family of the node's first
 * address is its primary one; a kernel without it, or pod ranges without it, cannot be meant.
 *
 * <p>Confined to the store's thread, once it subscribed.
 */
final class FamilyCheck implements SnapshotSubscriber {

    private static final Logger LOG = System.getLogger(FamilyCheck.class.getName());

    private final AgentPolicy policy;
    private final boolean ipv6;
    private boolean done;

    /** @param ipv6 whether the kernel has IPv6 */
    FamilyCheck(AgentPolicy policy, boolean ipv6) {
        this.policy = policy;
        this.ipv6 = ipv6;
    }

    /** What makes serving pointless before anything is known of the cluster. */
    Optional<String> refusal() {
        if (ipv6) {
            return Optional.empty();
        }
        if (!policy.nodeAddresses().isEmpty()
                && policy.nodeAddresses().getFirst().family() == IpFamily.IPV6) {
            return Optional.of("--bind-address is IPv6, and this kernel has no IPv6");
        }
        return rangesAre(IpFamily.IPV6)
                ? Optional.of("--cluster-cidr has only IPv6 ranges, and this kernel has no IPv6")
                : Optional.empty();
    }

    @Override
    public void onSnapshot(ClusterDelta delta, ClusterSnapshot snapshot) {
        Node node = snapshot.nodes().get(policy.nodeName());
        if (!done && node != null && !node.internalIps().isEmpty()) {
            done = true;
            warnings(node).forEach(warning -> LOG.log(Level.WARNING, "{0}", warning));
        }
    }

    /** What does not fit this node. */
    List<String> warnings(Node node) {
        IpFamily primary = primary(node);
        if (primary == IpFamily.IPV6 && !ipv6) {
            return List.of("the primary address of node " + policy.nodeName() + " is IPv6, and this kernel has no IPv6:"
                    + " IPv6 Services do not work here");
        }
        IpFamily other = primary == IpFamily.IPV4 ? IpFamily.IPV6 : IpFamily.IPV4;
        return rangesAre(other)
                ? List.of("node " + policy.nodeName() + " is " + primary + " first, but --cluster-cidr has only "
                        + name(other) + " ranges: no " + name(primary) + " client is known to be a pod")
                : List.of();
    }

    private IpFamily primary(Node node) {
        IpAddress first = policy.nodeAddresses().isEmpty()
                ? node.internalIps().getFirst()
                : policy.nodeAddresses().getFirst();
        return first.family();
    }

    private static String name(IpFamily family) {
        return family == IpFamily.IPV4 ? "IPv4" : "IPv6";
    }

    private boolean rangesAre(IpFamily family) {
        if (!(policy.podDetection() instanceof PodDetection.ClusterCidr cluster)) {
            return false;
        }
        List<IpPrefix> ranges = cluster.ranges();
        return !ranges.isEmpty() && ranges.stream().allMatch(range -> range.family() == family);
    }
}
