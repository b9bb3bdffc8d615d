package io.fairlead.agent.dataplane.iptables;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.Client;
import io.fairlead.agent.plan.ClientRule;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.LocalPods;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.Routing;
import io.fairlead.agent.plan.Scope;
import io.fairlead.agent.plan.Verdict;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.kernel.iptables.IptablesRule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The chains of one Service port in table nat: one for each way of routing that its frontends use, and where several
 * rules lead to a list of backends, one for the list.
 *
 * <p>Immutable.
 */
final class PortChains {

    private final PortPlan port;
    private final NodeSettings settings;
    private final Set<Routing> routings = EnumSet.noneOf(Routing.class);
    private final Map<String, List<IptablesRule>> chains = new LinkedHashMap<>();

    private PortChains(PortPlan port, NodeSettings settings) {
        this.port = port;
        this.settings = settings;
        for (Frontend frontend : port.frontends()) {
            if (frontend.routing() != Routing.REJECT && frontend.routing() != Routing.DROP) {
                routings.add(frontend.routing());
            }
        }
    }

    /** The chains by name. */
    static Map<String, List<IptablesRule>> of(PortPlan port, NodeSettings settings) {
        PortChains all = new PortChains(port, settings);
        all.routings.forEach(all::addRouting);
        for (Scope scope : Scope.values()) {
            if (all.hasChain(scope)) {
                all.chains.put(Names.list(port, scope), all.list(scope));
            }
        }
        all.addSources();
        all.addBackends();
        return all.chains;
    }

    /** Where a frontend leads to; it must not be one that refuses everybody. */
    static String entry(PortPlan port, Frontend frontend) {
        return frontend.sourceRanges().isEmpty() ? Names.routing(port, frontend.routing()) : Names.sources(port);
    }

    private void addRouting(Routing routing) {
        if (isList(routing)) {
            return;
        }
        List<IptablesRule> rules = new ArrayList<>();
        ClientRule last = routing.rules().getLast();
        if (routing == Routing.MASQUERADE_UNLESS_POD || routing == Routing.MASQUERADE_UNLESS_POD_LOCAL) {
            // Both kinds of client get the same list, so that the most common way has one rule besides it.
            rules.add(markUnlessPod());
            addList(rules, last.scope());
        } else {
            routing.rules().forEach(rule -> addRule(rules, rule));
        }
        chains.put(Names.routing(port, routing), rules);
    }

    /** The chain of such a routing is that of its list. */
    private static boolean isList(Routing routing) {
        return routing == Routing.DIRECT || routing == Routing.DIRECT_LOCAL;
    }

    private void addRule(List<IptablesRule> rules, ClientRule rule) {
        if (rule.verdict() != Verdict.FORWARD) {
            // Nothing else may translate what the filter is going to drop.
            rules.add(IptablesRule.rule().accept());
            return;
        }
        for (Match match : matches(rule.client())) {
            if (rule.masquerade()) {
                rules.add(match.rule().mark(settings.masqueradeMark()));
            }
            if (rule.client() == Client.ANYONE) {
                addList(rules, rule.scope());
            } else {
                rules.add(match.rule().go(Names.list(port, rule.scope())));
            }
        }
    }

    private void addList(List<IptablesRule> rules, Scope scope) {
        if (hasChain(scope)) {
            rules.add(IptablesRule.rule().go(Names.list(port, scope)));
        } else {
            rules.addAll(list(scope));
        }
    }

    private IptablesRule markUnlessPod() {
        int mark = settings.masqueradeMark();
        return switch (settings.localPods()) {
            case LocalPods.BySource source
            when source.ranges(port.family()).size() == 1 -> {
                IpPrefix range = source.ranges(port.family()).getFirst();
                yield IptablesRule.rule()
                        .notSource(range.address().toString(), range.length())
                        .mark(mark);
            }
            case LocalPods.ByInterface bridge ->
                IptablesRule.rule().arrivesNotOn(bridge.name()).mark(mark);
            case LocalPods.ByInterfacePrefix prefix ->
                IptablesRule.rule().arrivesNotOn(prefix.prefix() + "+").mark(mark);
            case LocalPods.BySource ignored -> IptablesRule.rule().jump(Names.NOT_POD);
            case LocalPods.Unknown ignored -> IptablesRule.rule().jump(Names.NOT_POD);
        };
    }

    /** Begins a rule. */
    @FunctionalInterface
    private interface Match {
        IptablesRule.Builder rule();
    }

    private List<Match> matches(Client client) {
        return switch (client) {
            case ANYONE -> List.of(IptablesRule::rule);
            case NODE -> List.of(() -> IptablesRule.rule().fromThisMachine());
            case LOCAL_POD ->
                switch (settings.localPods()) {
                    case LocalPods.Unknown ignored -> List.of();
                    case LocalPods.BySource source ->
                        source.ranges(port.family()).stream()
                                .<Match>map(range -> () -> IptablesRule.rule()
                                        .source(range.address().toString(), range.length()))
                                .toList();
                    case LocalPods.ByInterface bridge ->
                        List.of(() -> IptablesRule.rule().arrivesOn(bridge.name()));
                    case LocalPods.ByInterfacePrefix prefix ->
                        List.of(() -> IptablesRule.rule().arrivesOn(prefix.prefix() + "+"));
                };
        };
    }

    /** A list stands at the end of the only chain that uses it, if there it is the last thing to do. */
    private boolean hasChain(Scope scope) {
        int ends = 0;
        for (Routing routing : routings) {
            ClientRule last = routing.rules().getLast();
            boolean shortCircuits = routing == Routing.PRESERVE_SOURCE || routing == Routing.PRESERVE_SOURCE_ELSEWHERE;
            if (isList(routing) && last.scope() == scope || shortCircuits && scope == Scope.CLUSTER) {
                return true;
            }
            ends += last.verdict() == Verdict.FORWARD && last.scope() == scope ? 1 : 0;
        }
        return ends > 1;
    }

    /** Each backend with the same probability. */
    private List<IptablesRule> list(Scope scope) {
        List<Backend> backends = port.backends(scope);
        List<IptablesRule> rules = new ArrayList<>();
        boolean sticky = port.affinitySeconds() > 0;
        if (sticky) {
            for (Backend backend : backends) {
                String name = Names.backend(port, backend);
                rules.add(IptablesRule.rule()
                        .noted(name, port.affinitySeconds(), port.family().addressBits())
                        .go(name));
            }
        }
        for (int i = 0; i < backends.size(); i++) {
            Backend backend = backends.get(i);
            int left = backends.size() - i;
            // Ports are translated only by a rule that says of which protocol they are.
            IptablesRule.Builder rule = sticky ? IptablesRule.rule() : protocol();
            if (left > 1) {
                rule.oneOf(left);
            }
            rules.add(
                    sticky
                            ? rule.go(Names.backend(port, backend))
                            : rule.translateTo(backend.address().toString(), backend.port()));
        }
        return rules;
    }

    /** The first frontend with ranges speaks for all: a Service has one list of them. */
    private void addSources() {
        for (Frontend frontend : port.frontends()) {
            boolean routes = frontend.routing() != Routing.REJECT && frontend.routing() != Routing.DROP;
            if (!frontend.sourceRanges().isEmpty() && routes) {
                List<IptablesRule> rules = new ArrayList<>();
                for (IpPrefix range : frontend.sourceRanges()) {
                    rules.add(IptablesRule.rule()
                            .source(range.address().toString(), range.length())
                            .go(Names.routing(port, frontend.routing())));
                }
                rules.add(IptablesRule.rule().accept());
                chains.put(Names.sources(port), rules);
                return;
            }
        }
    }

    private IptablesRule.Builder protocol() {
        return IptablesRule.rule().protocol(port.name().protocol().lowerName());
    }

    private void addBackends() {
        if (port.affinitySeconds() == 0) {
            return;
        }
        Set<Backend> all = new TreeSet<>(port.cluster());
        all.addAll(port.local());
        for (Backend backend : all) {
            String name = Names.backend(port, backend);
            chains.put(
                    name,
                    List.of(protocol()
                            .note(name, port.family().addressBits())
                            .translateTo(backend.address().toString(), backend.port())));
        }
    }
}
