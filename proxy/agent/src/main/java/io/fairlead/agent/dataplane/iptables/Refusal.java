package io.fairlead.agent.dataplane.iptables;

import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Routing;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.iptables.IptablesRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Table filter: connections to frontends that are refused, since nothing has translated them; and the ports on which
 * load balancers ask for health, which are open.
 *
 * <p>Refusals arrive before table nat changes and depart after it, so that no packet in between is neither translated
 * nor refused.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class Refusal {

    private final IpFamily family;
    private final Dispatch frontends;
    private final DispatchTree health;

    Refusal(Table table, IpFamily family) {
        this.family = family;
        this.frontends = new Dispatch(table, family);
        this.health = new DispatchTree(table, Names.HEALTH, Digits.ports(Protocol.TCP), Digits.PORT_WIDTH);
    }

    void arrive(List<ServiceChange> changes) {
        for (ServiceChange change : changes) {
            refused(change.after()).forEach(frontends::put);
            int port = change.after().healthCheck().port();
            if (port != 0) {
                health.put(Digits.port(port), healthCheck(port));
            }
        }
        refresh();
    }

    void depart(List<ServiceChange> changes) {
        for (ServiceChange change : changes) {
            Map<FrontendKey, IptablesRule> after = refused(change.after());
            refused(change.before()).forEach((key, rule) -> {
                if (!after.containsKey(key)) {
                    frontends.remove(key, rule);
                }
            });
            int port = change.before().healthCheck().port();
            if (port != 0 && port != change.after().healthCheck().port()) {
                health.remove(Digits.port(port), healthCheck(port));
            }
        }
        refresh();
    }

    private void refresh() {
        frontends.refresh();
        health.refresh();
    }

    private Map<FrontendKey, IptablesRule> refused(ServicePlan plan) {
        Map<FrontendKey, IptablesRule> refused = new LinkedHashMap<>();
        for (PortPlan port : plan.ports()) {
            if (port.family() == family) {
                for (Frontend frontend : port.frontends()) {
                    if (refusesSome(frontend)) {
                        refused.put(frontend.key(), rule(frontend));
                    }
                }
            }
        }
        return refused;
    }

    private static boolean refusesSome(Frontend frontend) {
        return !frontend.sourceRanges().isEmpty()
                || switch (frontend.routing()) {
                    case REJECT, DROP, PRESERVE_SOURCE_ELSEWHERE -> true;
                    case DIRECT,
                            DIRECT_LOCAL,
                            MASQUERADE,
                            MASQUERADE_LOCAL,
                            MASQUERADE_UNLESS_POD,
                            MASQUERADE_UNLESS_POD_LOCAL,
                            PRESERVE_SOURCE -> false;
                };
    }

    private IptablesRule rule(Frontend frontend) {
        IptablesRule.Builder rule = Dispatch.rule(frontend);
        if (frontend.routing() != Routing.REJECT) {
            return rule.drop();
        }
        return frontend.key().protocol() == Protocol.TCP ? rule.reset() : rule.unreachable(family == IpFamily.IPV6);
    }

    private static IptablesRule healthCheck(int port) {
        return IptablesRule.rule()
                .destinationPorts(Protocol.TCP.lowerName(), port, port)
                .accept();
    }
}
