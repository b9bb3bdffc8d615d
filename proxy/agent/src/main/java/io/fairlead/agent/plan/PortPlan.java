package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import java.util.List;

/**
 * A Service port in one family.
 *
 * <p>Immutable.
 *
 * @param clusterIp identifies the port among all of its family, together with port number and protocol
 * @param cluster backends of {@link Scope#CLUSTER}, sorted; empty when no rule uses them
 * @param local backends of {@link Scope#LOCAL}, sorted; empty when no rule uses them
 * @param frontends its ClusterIP first
 * @param affinitySeconds ClientIP affinity, 0 for none
 * @param selection how the backends were chosen, for people
 */
public record PortPlan(
        ServicePortName name,
        IpAddress clusterIp,
        int number,
        List<Backend> cluster,
        List<Backend> local,
        int affinitySeconds,
        List<Frontend> frontends,
        Selection selection) {

    public IpFamily family() {
        return clusterIp.family();
    }

    public List<Backend> backends(Scope scope) {
        return scope == Scope.CLUSTER ? cluster : local;
    }

    /** The same port with fewer frontends. */
    PortPlan withFrontends(List<Frontend> kept) {
        return new PortPlan(name, clusterIp, number, cluster, local, affinitySeconds, kept, selection);
    }
}
