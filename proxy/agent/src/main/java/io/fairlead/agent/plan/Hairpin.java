package io.fairlead.agent.plan;

/**
 * Whether a backend may be chosen for a flow of its own whose source is kept; such a flow must be masqueraded, or the
 * backend would receive a packet from itself and drop it.
 *
 * <p>A backend of this node always may, and so may one of which nobody says where it is. One of another node may only where rules keep the source of clients that are
 * no pods of this node: a remote pod's own node translates what it sends to a ClusterIP, so with a pod detector only
 * external addresses are left.
 *
 * <p>Thread-safe: a pure function.
 */
public final class Hairpin {

    private Hairpin() {}

    public static boolean possible(PortPlan port, Backend backend, LocalPods localPods) {
        if (backend.where() != Backend.Where.ANOTHER_NODE) {
            return true;
        }
        for (Frontend frontend : port.frontends()) {
            for (ClientRule rule : frontend.routing().rules()) {
                boolean keepsSource =
                        rule.verdict() == Verdict.FORWARD && rule.scope() == Scope.CLUSTER && !rule.masquerade();
                if (keepsSource && fits(rule.client(), frontend, backend, localPods)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean fits(Client client, Frontend frontend, Backend backend, LocalPods localPods) {
        return switch (client) {
            case ANYONE -> true;
            case NODE -> false;
            case LOCAL_POD ->
                frontend.kind().external()
                        && localPods instanceof LocalPods.BySource
                        && localPods.matches(backend.address(), "");
        };
    }
}
