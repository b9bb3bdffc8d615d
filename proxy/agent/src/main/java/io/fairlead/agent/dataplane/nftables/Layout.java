package io.fairlead.agent.dataplane.nftables;

import io.fairlead.cluster.model.IpFamily;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftHook;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftType;
import java.util.List;

/**
 * The fixed objects of the table in one family. Names and meanings are part of our interface: people read them with
 * {@code nft list table ip fairlead}.
 *
 * <p>Immutable.
 */
final class Layout {

    /** Another version may name or fill objects differently; such a table is replaced in one transaction. */
    static final int VERSION = 1;

    /** A chain without rules, whose name says the version to whoever reads the table. */
    static final String VERSION_CHAIN = "layout-" + VERSION;

    static final String TABLE = "fairlead";
    static final String TABLE_BESIDE_IPVS = "fairlead-ipvs";

    /** One before kube-proxy and CNI plugins, which hook at dstnat (-100): the first translation wins. */
    private static final int BEFORE_DSTNAT = -101;

    /** One before srcnat (100), for the same reason. */
    private static final int BEFORE_SRCNAT = 99;

    private static final int FILTER = 0;

    /** Before connection tracking: what comes from outside to loopback is dropped whatever it claims to be. */
    private static final int RAW = -300;

    static final String SERVICES = "services";
    static final String NODE_PORTS = "node-ports";
    static final String SOURCE_CHECK = "source-check";
    static final String GUARD = "guard";
    static final String REJECT = "reject";

    static final NftChain PREROUTING = base("nat-prerouting", NftChain.Type.NAT, NftHook.PREROUTING, BEFORE_DSTNAT);
    static final NftChain OUTPUT = base("nat-output", NftChain.Type.NAT, NftHook.OUTPUT, BEFORE_DSTNAT);
    static final NftChain POSTROUTING = base("nat-postrouting", NftChain.Type.NAT, NftHook.POSTROUTING, BEFORE_SRCNAT);
    static final NftChain FORWARD_GUARD = base("filter-forward", NftChain.Type.FILTER, NftHook.FORWARD, FILTER);
    static final NftChain OUTPUT_GUARD = base("filter-output", NftChain.Type.FILTER, NftHook.OUTPUT, FILTER);
    static final NftChain INPUT_GUARD = base("filter-input", NftChain.Type.FILTER, NftHook.INPUT, FILTER);
    static final NftChain LOOPBACK_GUARD = base("loopback-guard", NftChain.Type.FILTER, NftHook.PREROUTING, RAW);

    /** Who chooses backends. */
    enum Kind {
        /** The rules of the table. */
        TRANSLATES(TABLE),
        /** IPVS, behind the table, whose rules decide who gets there and who is masqueraded. */
        BESIDE_IPVS(TABLE_BESIDE_IPVS),
        /** Nobody behind this table: connections of IPVS go on, and nothing new gets to addresses that wait for them. */
        AFTER_IPVS(TABLE_BESIDE_IPVS);

        private final String table;

        Kind(String table) {
            this.table = table;
        }
    }

    final IpFamily family;
    final Kind kind;
    final NftTable table;
    final NftType address;

    /** Frontend to route number. */
    final NftSet services;
    /** Frontend with policy Local to the route that uses all endpoints. */
    final NftSet shortCircuits;
    /** Frontend with policy Local to the route that uses the endpoints of this node. */
    final NftSet localRoutes;
    /** Route number to chain. */
    final NftSet routes;
    /** The same for chains that only pick a backend; a map of its own, since chains that use it are in the other. */
    final NftSet picks;
    /** Frontend and index to backend. */
    final NftSet endpoints;
    /** As {@link #endpoints}, only backends of this node. */
    final NftSet localEndpoints;
    /** ClusterIP frontend with affinity and index to slot. */
    final NftSet slots;

    final NftSet localSlots;
    /** Frontends that only some sources may reach. */
    final NftSet restricted;

    final NftSet nodeAddresses;
    /** Beside IPVS: all addresses that the node has only because Services have them. */
    final NftSet clusterIps;
    /** Backends that may be chosen for a flow of their own: address twice. */
    final NftSet hairpins;

    Layout(IpFamily family) {
        this(family, Kind.TRANSLATES);
    }

    Layout(IpFamily family, Kind kind) {
        this.family = family;
        this.kind = kind;
        this.table = new NftTable(family == IpFamily.IPV4 ? NftFamily.IP : NftFamily.IP6, kind.table);
        this.address = family == IpFamily.IPV4 ? NftType.IPV4_ADDR : NftType.IPV6_ADDR;
        List<NftType> frontend = List.of(address, NftType.INET_PROTO, NftType.INET_SERVICE);
        List<NftType> indexed = List.of(address, NftType.INET_PROTO, NftType.INET_SERVICE, NftType.MARK);
        this.services = NftSet.map("services", frontend, NftType.MARK);
        this.shortCircuits = NftSet.map("short-circuits", frontend, NftType.MARK);
        this.localRoutes = NftSet.map("local-routes", frontend, NftType.MARK);
        this.routes = NftSet.verdictMap("routes", NftType.MARK);
        this.picks = NftSet.verdictMap("picks", NftType.MARK);
        this.endpoints = NftSet.map("endpoints", indexed, address, NftType.INET_SERVICE);
        this.localEndpoints = NftSet.map("local-endpoints", indexed, address, NftType.INET_SERVICE);
        this.slots = NftSet.map("slots", indexed, NftType.MARK);
        this.localSlots = NftSet.map("local-slots", indexed, NftType.MARK);
        this.restricted = NftSet.set("restricted", address, NftType.INET_PROTO, NftType.INET_SERVICE);
        this.nodeAddresses = NftSet.set("node-addresses", address);
        this.clusterIps = NftSet.set("cluster-ips", address);
        this.hairpins = NftSet.set("hairpins", address, address);
    }

    private static NftChain base(String name, NftChain.Type type, NftHook hook, int priority) {
        return new NftChain(name, new NftChain.Base(type, hook, priority));
    }

    boolean translates() {
        return kind == Kind.TRANSLATES;
    }

    /**
     * A chain by which a table is told from one of another kind with the same name. Such a table is replaced at once: half
     * of either would refuse what the other one lets in.
     */
    String chainOfAnotherKind() {
        return kind == Kind.AFTER_IPVS ? SERVICES : INPUT_GUARD.name();
    }

    /** Sets that exist as long as the table does. */
    List<NftSet> fixedSets() {
        if (kind == Kind.AFTER_IPVS) {
            return List.of(clusterIps);
        }
        if (!translates()) {
            return List.of(services, routes, restricted, nodeAddresses, clusterIps, hairpins);
        }
        return List.of(
                services,
                shortCircuits,
                localRoutes,
                routes,
                picks,
                endpoints,
                localEndpoints,
                slots,
                localSlots,
                restricted,
                nodeAddresses,
                clusterIps,
                hairpins);
    }

    /** Allowed sources of restricted frontends, all of one prefix length: frontend and masked source. */
    NftSet sources(int prefixLength) {
        return NftSet.set("sources-" + prefixLength, address, NftType.INET_PROTO, NftType.INET_SERVICE, address);
    }

    /** Records of a Service port with ClientIP affinity: client to slot. */
    NftSet clients(String name) {
        return NftSet.records(name, 0, List.of(address), NftType.MARK);
    }

    /** 32-bit registers that an address takes. */
    int addressRegisters() {
        return family.addressBytes() / Integer.BYTES;
    }
}
