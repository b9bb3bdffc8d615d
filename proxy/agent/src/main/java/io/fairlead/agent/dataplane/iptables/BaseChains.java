package io.fairlead.agent.dataplane.iptables;

import io.fairlead.agent.plan.LocalPods;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.iptables.IptablesRule;
import java.util.ArrayList;
import java.util.List;

/**
 * Chains that every node has, whatever its Services are, and the rules by which built-in chains lead to them.
 *
 * <p>Thread-safe: pure functions.
 */
final class BaseChains {

    private static final String VERSION = "fairlead layout 1";

    private static final String NEW = "NEW";

    private final IpFamily family;
    private final NodeSettings settings;

    BaseChains(IpFamily family, NodeSettings settings) {
        this.family = family;
        this.settings = settings;
    }

    void wantNat(Table nat) {
        hook(nat, "PREROUTING", "Services", Names.SERVICES);
        hook(nat, "OUTPUT", "Services", Names.SERVICES);
        hook(nat, "POSTROUTING", "masquerading", Names.POSTROUTING);
        canary(nat);
        nat.want(
                Names.SERVICES,
                List.of(
                        IptablesRule.rule().jump(Names.ADDRESSES),
                        IptablesRule.rule().toThisMachine().go(Names.LOCAL)));
        wantNodePorts(nat);
        nat.want(Names.NOT_POD, notPod());
        int mark = settings.masqueradeMark();
        // The mark goes before the packet may come here again, encapsulated for example.
        nat.want(
                Names.POSTROUTING,
                List.of(
                        IptablesRule.rule().notMarked(mark).go(Names.HAIRPIN),
                        IptablesRule.rule().unmark(mark),
                        IptablesRule.rule().masquerade()));
    }

    void wantFilter(Table filter, boolean dropsInvalid) {
        hook(filter, "INPUT", "Services", Names.INPUT);
        hook(filter, "FORWARD", "Services", Names.FORWARD);
        filter.wantHook(
                "OUTPUT",
                IptablesRule.rule()
                        .connection(NEW)
                        .comment(Table.HOOK_COMMENT + "Services")
                        .jump(Names.REFUSED));
        canary(filter);
        filter.want(
                Names.INPUT,
                List.of(
                        IptablesRule.rule().connection(NEW).jump(Names.REFUSED),
                        IptablesRule.rule()
                                .protocol(Protocol.TCP.lowerName())
                                .comment("health checks of load balancers")
                                .jump(Names.HEALTH)));
        filter.want(Names.FORWARD, forward(dropsInvalid));
        filter.want(
                Names.REFUSED,
                List.of(
                        IptablesRule.rule().connection("DNAT").comeBack(),
                        IptablesRule.rule().jump(Names.ADDRESSES),
                        IptablesRule.rule().toThisMachine().go(Names.LOCAL)));
        wantNodePorts(filter);
    }

    /** What others would drop is accepted here, as kube-proxy does in this mode. */
    private List<IptablesRule> forward(boolean dropsInvalid) {
        List<IptablesRule> rules = new ArrayList<>();
        if (dropsInvalid) {
            rules.add(IptablesRule.rule()
                    .connection("INVALID")
                    .comment("its translation would be skipped, and its receiver answer with a reset")
                    .drop());
        }
        int mark = settings.masqueradeMark();
        rules.add(IptablesRule.rule().connection(NEW).jump(Names.REFUSED));
        rules.add(IptablesRule.rule()
                .marked(mark)
                .comment("Services, masqueraded")
                .accept());
        rules.add(IptablesRule.rule()
                .connection("RELATED,ESTABLISHED")
                .comment("Services, what follows")
                .accept());
        return rules;
    }

    /** What CVE-2020-8558 asks for as soon as route_localnet is set: loopback is reached from loopback only. */
    void wantRaw(Table raw) {
        if (family == IpFamily.IPV4 && settings.servesLoopback()) {
            hook(raw, "PREROUTING", "loopback guard", Names.LOOPBACK);
            raw.want(
                    Names.LOOPBACK,
                    List.of(
                            IptablesRule.rule()
                                    .destination("127.0.0.0", 8)
                                    .arrivesNotOn("lo")
                                    .drop(),
                            IptablesRule.rule()
                                    .source("127.0.0.0", 8)
                                    .arrivesNotOn("lo")
                                    .drop()));
        } else {
            raw.unwantHooks();
            raw.unwant(Names.LOOPBACK);
        }
    }

    private static void hook(Table table, String builtIn, String what, String chain) {
        table.wantHook(
                builtIn, IptablesRule.rule().comment(Table.HOOK_COMMENT + what).jump(chain));
    }

    private static void canary(Table table) {
        table.want(Names.CANARY, List.of(IptablesRule.rule().comment(VERSION).comeBack()));
    }

    private void wantNodePorts(Table table) {
        List<IptablesRule> addresses = new ArrayList<>();
        for (IpAddress address : settings.nodePortAddresses()) {
            if (address.family() == family) {
                addresses.add(IptablesRule.rule()
                        .destination(address.toString(), family.addressBits())
                        .go(Names.NODE_PORTS));
            }
        }
        table.want(Names.LOCAL, addresses);
        List<IptablesRule> protocols = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            protocols.add(IptablesRule.rule().protocol(protocol.lowerName()).go(Names.nodePorts(protocol)));
        }
        table.want(Names.NODE_PORTS, protocols);
    }

    private List<IptablesRule> notPod() {
        List<IptablesRule> rules = new ArrayList<>();
        if (settings.localPods() instanceof LocalPods.BySource source) {
            for (IpPrefix range : source.ranges(family)) {
                rules.add(IptablesRule.rule()
                        .source(range.address().toString(), range.length())
                        .comeBack());
            }
        }
        rules.add(IptablesRule.rule().mark(settings.masqueradeMark()));
        return rules;
    }
}
