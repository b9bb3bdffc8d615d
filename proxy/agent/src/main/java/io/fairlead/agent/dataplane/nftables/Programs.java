package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.Client;
import io.fairlead.agent.plan.ClientRule;
import io.fairlead.agent.plan.LocalPods;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.Routing;
import io.fairlead.agent.plan.Scope;
import io.fairlead.agent.plan.Verdict;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftExpression.Compare;
import io.fairlead.kernel.nft.NftExpression.DeleteRecord;
import io.fairlead.kernel.nft.NftExpression.Dnat;
import io.fairlead.kernel.nft.NftExpression.FibSourceType;
import io.fairlead.kernel.nft.NftExpression.LookupData;
import io.fairlead.kernel.nft.NftExpression.LookupVerdict;
import io.fairlead.kernel.nft.NftExpression.RandomNumber;
import io.fairlead.kernel.nft.NftExpression.UpdateRecord;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftVerdict;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules of every chain, from the plan's {@link ClientRule}s and the node's settings.
 *
 * <p>Registers: a frontend key starts at 0 (address, protocol, port, and where needed index); route numbers, fib
 * results and compared values use {@link Expressions#SCRATCH}, which lies behind the longest key.
 *
 * <p>Immutable.
 */
final class Programs {

    /** RTN_LOCAL of include/uapi/linux/rtnetlink.h. */
    private static final int LOCAL_ADDRESS = 2;

    private final Layout layout;
    private final NodeSettings settings;
    private final Expressions on;

    Programs(Layout layout, NodeSettings settings) {
        this.layout = layout;
        this.settings = settings;
        this.on = new Expressions(layout);
    }

    /** Entry of every new connection: sources, then exact addresses, then NodePorts. */
    List<NftRule> services() {
        List<NftRule> rules = new ArrayList<>();
        rules.add(Rules.of(
                "only some sources may reach it",
                on.frontend(),
                List.of(
                        new NftExpression.Lookup(layout.restricted.name(), 0, false),
                        new NftExpression.Verdict(new NftVerdict.Jump(Layout.SOURCE_CHECK)))));
        rules.add(Rules.of("frontends", on.frontend(), routeOf(layout.services, layout.routes)));
        rules.add(Rules.of(
                "NodePorts",
                on.destination(0),
                List.of(
                        new NftExpression.Lookup(layout.nodeAddresses.name(), 0, false),
                        new NftExpression.Verdict(new NftVerdict.Goto(Layout.NODE_PORTS)))));
        if (!layout.translates()) {
            // What passes here reaches IPVS, or else the processes of this node.
            rules.addAll(guard());
        }
        return rules;
    }

    List<NftRule> nodePorts() {
        return List.of(Rules.of(
                "frontends on node addresses", on.nodePortFrontend(), routeOf(layout.services, layout.routes)));
    }

    /** @param prefixLengths of the source sets in use, in any order */
    List<NftRule> sourceCheck(Iterable<Integer> prefixLengths) {
        List<NftRule> rules = new ArrayList<>();
        for (int length : prefixLengths) {
            rules.add(Rules.of(
                    "allowed",
                    on.frontend(),
                    on.maskedSource(length),
                    List.of(
                            new NftExpression.Lookup(layout.sources(length).name(), 0, false),
                            new NftExpression.Verdict(new NftVerdict.Return()))));
        }
        rules.add(Rules.of("not in loadBalancerSourceRanges", Expressions.verdict(new NftVerdict.Drop())));
        return rules;
    }

    List<NftRule> postrouting() {
        List<NftRule> rules = new ArrayList<>();
        rules.add(Rules.of(
                "asked for by a route",
                on.markIsSet(settings.masqueradeMark()),
                on.clearMark(settings.masqueradeMark()),
                List.of(new NftExpression.Masquerade())));
        rules.add(Rules.of(
                "a backend that reaches itself",
                // What IPVS has translated does not count as translated.
                layout.translates() ? on.translated() : List.of(),
                on.source(0),
                on.destination(layout.addressRegisters()),
                List.of(new NftExpression.Lookup(layout.hairpins.name(), 0, false), new NftExpression.Masquerade())));
        return rules;
    }

    List<NftRule> jumpTo(String chain) {
        return List.of(Rules.of("", Expressions.verdict(new NftVerdict.Goto(chain))));
    }

    List<NftRule> newConnectionsTo(String chain) {
        return List.of(
                Rules.of("new connections", on.newConnection(), Expressions.verdict(new NftVerdict.Goto(chain))));
    }

    /**
     * What is still addressed to a ClusterIP behind translation was not meant for any port of it. Beside IPVS the node
     * answers pings.
     */
    List<NftRule> guard() {
        List<NftRule> rules = new ArrayList<>();
        rules.add(Rules.of(
                "no such port of a ClusterIP",
                layout.translates() ? List.of() : on.protocolIsNotIcmp(),
                on.destination(0),
                List.of(
                        new NftExpression.Lookup(layout.clusterIps.name(), 0, false),
                        new NftExpression.Verdict(new NftVerdict.Goto(Layout.REJECT)))));
        for (IpPrefix range : settings.serviceCidrs()) {
            if (range.family() == layout.family && layout.kind != Layout.Kind.AFTER_IPVS) {
                rules.add(Rules.of(
                        "no Service has this address",
                        on.destinationIn(range),
                        Expressions.verdict(new NftVerdict.Drop())));
            }
        }
        return rules;
    }

    /**
     * TCP is answered with a reset: an ICMPv6 error that arrives while connect() holds the socket is lost and the
     * client would wait a second for its first retransmission.
     */
    List<NftRule> reject() {
        return List.of(
                Rules.of("", on.protocolIsTcp(), List.of(new NftExpression.Reject(true))),
                Rules.of("", List.of(new NftExpression.Reject(false))));
    }

    /** What CVE-2020-8558 asks for as soon as route_localnet is set: loopback is reached from loopback only. */
    List<NftRule> loopbackGuard() {
        IpPrefix loopback = new IpPrefix(Addresses.LOOPBACK_V4, 8);
        NftRule toLoopback = Rules.of(
                "to loopback from outside",
                on.notFromLoopback(),
                on.destinationIn(loopback),
                Expressions.verdict(new NftVerdict.Drop()));
        NftRule fromLoopback = Rules.of(
                "loopback source from outside",
                on.notFromLoopback(),
                on.sourceIn(loopback),
                Expressions.verdict(new NftVerdict.Drop()));
        return List.of(toLoopback, fromLoopback);
    }

    /** The chain of a shared route. */
    List<NftRule> route(int number) {
        return layout.translates() ? translatingRoute(number) : admittingRoute(RouteNumber.routing(number));
    }

    /** Who may go on to IPVS, and is marked or not. */
    private List<NftRule> admittingRoute(Routing routing) {
        List<NftRule> rules = new ArrayList<>();
        for (ClientRule rule : routing.rules()) {
            boolean forwards = rule.verdict() == Verdict.FORWARD;
            NftVerdict verdict = forwards ? new NftVerdict.Accept() : new NftVerdict.Drop();
            if (forwards && rule.client() == Client.ANYONE && !rule.masquerade()) {
                rules.add(Rules.of(
                        "a process of this node, whose source is the address that it connects to",
                        on.source(0),
                        List.of(new NftExpression.Lookup(layout.clusterIps.name(), 0, false)),
                        on.setMark(settings.masqueradeMark()),
                        Expressions.verdict(verdict)));
            }
            addRules(rules, rule, Expressions.verdict(verdict));
        }
        return rules;
    }

    private List<NftRule> translatingRoute(int number) {
        Routing routing = RouteNumber.routing(number);
        boolean nodePort = RouteNumber.nodePort(number);
        int count = RouteNumber.count(number);
        List<NftRule> rules = new ArrayList<>();
        for (ClientRule rule : routing.rules()) {
            if (rule.verdict() == Verdict.FORWARD) {
                addRules(rules, rule, count > 0 ? pick(rule.scope(), nodePort, count) : chosenRoute(rule, nodePort));
            }
        }
        if (count == 0) {
            rules.add(Rules.of("no endpoint on this node", Expressions.verdict(new NftVerdict.Drop())));
        }
        return rules;
    }

    /** The chain of one routing of a Service port with affinity; it goes on to that port's own picks. */
    List<NftRule> affinityRoute(Routing routing, AffinityPort port) {
        List<NftRule> rules = new ArrayList<>();
        for (ClientRule rule : routing.rules()) {
            NftVerdict verdict = rule.verdict() == Verdict.FORWARD
                    ? new NftVerdict.Goto(port.pickChain(rule.scope()))
                    : new NftVerdict.Drop();
            addRules(rules, rule, Expressions.verdict(verdict));
        }
        return rules;
    }

    /**
     * Picks a backend of a Service port with affinity: that of the client's record if it is still there, else a random
     * one, which is recorded in its place; if there is no room for the record, a random one all the same.
     */
    List<NftRule> affinityPick(AffinityPort port, Scope scope, int count, long timeoutMillis) {
        int width = layout.addressRegisters();
        int key = width;
        int slot = key + width + 2;
        int backend = slot + 1;
        NftSet endpoints = scope == Scope.CLUSTER ? layout.endpoints : layout.localEndpoints;
        NftSet slots = scope == Scope.CLUSTER ? layout.slots : layout.localSlots;
        List<NftExpression> constants = on.constantFrontend(port.key(), key);
        List<NftExpression> recall = on.lookupKey(port.clients(), 0, slot);
        List<NftExpression> choose = new ArrayList<>(List.of(new RandomNumber(slot, count)));
        choose.addAll(on.lookupKey(slots, key, slot));
        List<NftExpression> load = List.of(new LookupData(endpoints.name(), key, backend));
        List<NftExpression> record = List.of(new UpdateRecord(port.clients().name(), 0, slot, timeoutMillis));
        List<NftExpression> forget = List.of(new DeleteRecord(port.clients().name(), 0, slot));
        List<NftExpression> translate = List.of(new Dnat(layout.table.family(), backend, backend + width));
        return List.of(
                Rules.of("a client that is known", on.source(0), recall, constants, load, record, translate),
                Rules.of("a new client", on.source(0), constants, choose, load, forget, record, translate),
                Rules.of("no room for a record", constants, choose, load, translate));
    }

    /** One rule, or several where local pods are told by several ranges. */
    private void addRules(List<NftRule> rules, ClientRule rule, List<NftExpression> then) {
        List<NftExpression> mark = rule.masquerade() ? on.setMark(settings.masqueradeMark()) : List.of();
        for (List<NftExpression> match : matches(rule.client())) {
            rules.add(Rules.of(rule.reason(), match, mark, then));
        }
    }

    private List<List<NftExpression>> matches(Client client) {
        return switch (client) {
            case ANYONE -> List.of(List.of());
            case NODE ->
                List.of(List.of(
                        new FibSourceType(Expressions.SCRATCH),
                        new Compare(Expressions.SCRATCH, false, NftData.hostInt(LOCAL_ADDRESS))));
            case LOCAL_POD ->
                switch (settings.localPods()) {
                    case LocalPods.Unknown unknown -> List.of();
                    case LocalPods.BySource source ->
                        source.ranges(layout.family).stream().map(on::sourceIn).toList();
                    case LocalPods.ByInterface bridge -> List.of(on.arrivesOn(bridge.name()));
                    case LocalPods.ByInterfacePrefix prefix -> List.of(on.arrivesOnPrefix(prefix.prefix()));
                };
        };
    }

    /** Translates to a random backend of the frontend that the packet is addressed to. */
    private List<NftExpression> pick(Scope scope, boolean nodePort, int count) {
        int width = layout.addressRegisters();
        int index = width + 2;
        NftSet endpoints = scope == Scope.CLUSTER ? layout.endpoints : layout.localEndpoints;
        List<NftExpression> expressions = new ArrayList<>(nodePort ? on.nodePortFrontend() : on.frontend());
        expressions.add(new RandomNumber(index, count));
        expressions.add(new LookupData(endpoints.name(), 0, 0));
        expressions.add(new Dnat(layout.table.family(), 0, width));
        return expressions;
    }

    /** Looks up which route serves this client of a frontend with policy Local. */
    private List<NftExpression> chosenRoute(ClientRule rule, boolean nodePort) {
        List<NftExpression> expressions = new ArrayList<>(nodePort ? on.nodePortFrontend() : on.frontend());
        NftSet map = rule.scope() == Scope.CLUSTER ? layout.shortCircuits : layout.localRoutes;
        expressions.addAll(routeOf(map, layout.picks));
        return expressions;
    }

    private List<NftExpression> routeOf(NftSet map, NftSet chains) {
        List<NftExpression> expressions = new ArrayList<>(on.lookupKey(map, 0, Expressions.SCRATCH));
        expressions.add(new LookupVerdict(chains.name(), Expressions.SCRATCH));
        return expressions;
    }
}
