package io.fairlead.agent.dataplane.iptables;

import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.iptables.IptablesRule;
import java.util.EnumMap;
import java.util.Map;

/**
 * Leads packets to the rules of frontends in one table: by address first, then, what is addressed to this node, by port.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class Dispatch {

    private final DispatchTree addresses;
    private final Map<Protocol, DispatchTree> ports = new EnumMap<>(Protocol.class);

    Dispatch(Table table, IpFamily family) {
        addresses = new DispatchTree(table, Names.ADDRESSES, Digits.destinations(family), Digits.width(family));
        for (Protocol protocol : Protocol.values()) {
            String root = Names.nodePorts(protocol);
            ports.put(protocol, new DispatchTree(table, root, Digits.ports(protocol), Digits.PORT_WIDTH));
        }
    }

    /** Begins the rule of a frontend. */
    static IptablesRule.Builder rule(Frontend frontend) {
        FrontendKey key = frontend.key();
        IptablesRule.Builder rule = IptablesRule.rule();
        if (!isNodePort(key)) {
            IpAddress address = key.address();
            rule.destination(address.toString(), address.family().addressBits());
        }
        return rule.destinationPorts(key.protocol().lowerName(), key.port(), key.port())
                .comment(frontend.port() + " " + frontend.kind());
    }

    private static boolean isNodePort(FrontendKey key) {
        return key.address().isUnspecified();
    }

    void put(FrontendKey key, IptablesRule rule) {
        tree(key).put(id(key), rule);
    }

    /** Removes the rule of a frontend unless it has become another's. */
    void remove(FrontendKey key, IptablesRule rule) {
        tree(key).remove(id(key), rule);
    }

    private DispatchTree tree(FrontendKey key) {
        return isNodePort(key) ? ports.getOrDefault(key.protocol(), addresses) : addresses;
    }

    private static String id(FrontendKey key) {
        return isNodePort(key) ? Digits.port(key.port()) : Digits.of(key);
    }

    void refresh() {
        addresses.refresh();
        ports.values().forEach(DispatchTree::refresh);
    }
}
