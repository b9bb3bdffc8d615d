package io.fairlead.agent.plan;

import io.fairlead.agent.plan.Explanation.Outcome;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Answers "where does this flow go?" from the plan alone. Rendered rules and real packets must agree with it.
 *
 * <p>Confined to the proxy loop's thread.
 */
public final class PlanWalk {

    private final NodePlanner planner;
    private final Predicate<IpAddress> ofThisNode;

    /** @param ofThisNode whether an address is one of this node's, loopback included */
    public PlanWalk(NodePlanner planner, Predicate<IpAddress> ofThisNode) {
        this.planner = planner;
        this.ofThisNode = ofThisNode;
    }

    public Explanation explain(Flow flow) {
        List<String> reasons = new ArrayList<>();
        if (crossesToLoopback(flow)) {
            reasons.add("loopback is reached from this node only");
            return new Explanation(Optional.empty(), new Outcome.Drop(), reasons);
        }
        Optional<Frontend> frontend = frontend(flow, reasons);
        Outcome outcome = frontend.isPresent() ? atFrontend(flow, frontend.get(), reasons) : guard(flow, reasons);
        return new Explanation(frontend, outcome, reasons);
    }

    /** What the guard of CVE-2020-8558 drops, which stands as long as the kernel routes its loopback network. */
    private boolean crossesToLoopback(Flow flow) {
        return planner.settings().servesLoopback()
                && !flow.fromNode()
                && flow.destination().family() == IpFamily.IPV4
                && (flow.destination().isLoopback() || flow.source().isLoopback());
    }

    /** Exact addresses win over NodePorts. */
    private Optional<Frontend> frontend(Flow flow, List<String> reasons) {
        Optional<Frontend> exact = owned(new FrontendKey(flow.destination(), flow.port(), flow.protocol()));
        if (exact.isPresent()) {
            reasons.add(exact.get().key() + " is the " + exact.get().kind() + " of "
                    + exact.get().port());
            return exact;
        }
        if (!planner.settings().nodePortAddresses().contains(flow.destination())) {
            return Optional.empty();
        }
        IpAddress any = Addresses.any(flow.destination().family());
        Optional<Frontend> nodePort = owned(new FrontendKey(any, flow.port(), flow.protocol()));
        nodePort.ifPresent(found ->
                reasons.add("port " + flow.port() + " of this node is the " + found.kind() + " of " + found.port()));
        return nodePort;
    }

    private Optional<Frontend> owned(FrontendKey key) {
        return planner.owner(key)
                .filter(frontend -> port(frontend)
                        .filter(plan -> plan.frontends().contains(frontend))
                        .isPresent());
    }

    private Optional<PortPlan> port(Frontend frontend) {
        return planner.effectivePlan(frontend.port().service()).ports().stream()
                .filter(port -> port.name().equals(frontend.port())
                        && port.family() == frontend.key().address().family())
                .findFirst();
    }

    private Outcome atFrontend(Flow flow, Frontend frontend, List<String> reasons) {
        boolean rejects = frontend.routing() == Routing.REJECT
                && planner.settings().rules().rejectsBeforeSources();
        if (!rejects
                && !frontend.sourceRanges().isEmpty()
                && frontend.sourceRanges().stream().noneMatch(range -> range.contains(flow.source()))) {
            reasons.add(flow.source() + " is in none of loadBalancerSourceRanges");
            return new Outcome.Drop();
        }
        PortPlan port = port(frontend).orElseThrow();
        for (ClientRule rule : frontend.routing().rules()) {
            if (fits(rule.client(), flow)) {
                return apply(flow, port, rule, reasons);
            }
        }
        throw new IllegalStateException("no rule of " + frontend.routing() + " fits everybody");
    }

    private boolean fits(Client client, Flow flow) {
        return switch (client) {
            case LOCAL_POD -> planner.settings().localPods().matches(flow.source(), flow.arrival());
            case NODE -> ofThisNode.test(flow.source()) || isBound(flow.source());
            case ANYONE -> true;
        };
    }

    private Outcome forward(Flow flow, ClientRule rule, List<Backend> backends) {
        // A process of the node that connects to an address which the node has gets that for its source.
        boolean masquerade = rule.masquerade() || rule.client() == Client.ANYONE && isBound(flow.source());
        List<Backend> hairpins = masquerade
                ? List.of()
                : backends.stream()
                        .filter(backend -> backend.address().equals(flow.source()) && reachesItself(backend))
                        .toList();
        return new Outcome.Forward(backends, masquerade, hairpins);
    }

    /** Data planes know addresses that may reach themselves, whatever Service it is by. */
    private boolean reachesItself(Backend backend) {
        LocalPods localPods = planner.settings().localPods();
        return planner.services().stream()
                .flatMap(name -> planner.effectivePlan(name).ports().stream())
                .anyMatch(port -> Hairpin.possible(port, backend, localPods) && uses(port, backend.address()));
    }

    private static boolean uses(PortPlan port, IpAddress address) {
        return Stream.of(Scope.values())
                .flatMap(scope -> port.backends(scope).stream())
                .anyMatch(backend -> backend.address().equals(address));
    }

    private Outcome apply(Flow flow, PortPlan port, ClientRule rule, List<String> reasons) {
        reasons.add(rule.reason());
        return switch (rule.verdict()) {
            case REJECT -> new Outcome.Reject();
            case DROP -> new Outcome.Drop();
            case FORWARD -> {
                List<Backend> backends = port.backends(rule.scope());
                reasons.add(
                        rule.scope() == Scope.LOCAL
                                ? "usable endpoints on this node: " + backends.size()
                                : port.selection() + ": " + backends.size());
                if (port.affinitySeconds() > 0) {
                    reasons.add("ClientIP affinity for " + port.affinitySeconds() + " s");
                }
                yield forward(flow, rule, backends);
            }
        };
    }

    /** Whether the node has the address because a Service has it. */
    private boolean isBound(IpAddress address) {
        return planner.settings().rules().bindsAddresses()
                && !ofThisNode.test(address)
                && planner.services().stream()
                        .flatMap(name -> planner.effectivePlan(name).ports().stream())
                        .flatMap(port -> port.frontends().stream())
                        .anyMatch(frontend -> frontend.key().address().equals(address));
    }

    /** What is not translated must not be addressed to a ClusterIP; it is checked where the node forwards or sends. */
    private Outcome guard(Flow flow, List<String> reasons) {
        if (!flow.fromNode() && ofThisNode.test(flow.destination())) {
            reasons.add("not a frontend: delivered to this node");
            return new Outcome.Pass();
        }
        if (!planner.settings().rules().guardsClusterIps()) {
            reasons.add("not a frontend: not Service traffic");
            return new Outcome.Pass();
        }
        for (ObjectName name : planner.services()) {
            if (planner.effectivePlan(name).clusterIps().contains(flow.destination())) {
                reasons.add("ClusterIP of " + name + ", which has no such port");
                return new Outcome.Reject();
            }
        }
        if (isBound(flow.destination())) {
            reasons.add("an address of Services, but no port of any");
            return new Outcome.Reject();
        }
        for (IpPrefix range : planner.settings().serviceCidrs()) {
            if (range.contains(flow.destination())) {
                reasons.add("in ServiceCIDR " + range + ", but no Service has this address");
                return new Outcome.Drop();
            }
        }
        reasons.add("not a frontend: not Service traffic");
        return new Outcome.Pass();
    }
}
