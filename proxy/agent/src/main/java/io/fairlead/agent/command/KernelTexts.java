package io.fairlead.agent.command;

import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.conntrack.Conntrack;
import io.fairlead.kernel.feature.KernelFeature;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.fake.NftListing;
import io.fairlead.kernel.route.Link;
import io.fairlead.kernel.route.LinkAddress;
import io.fairlead.kernel.route.RouteNetlink;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the kernel says, for a bug report. Each text stands alone: what may not be read says why.
 *
 * <p>Confined to the main thread.
 */
final class KernelTexts {

    private static final int ELEMENTS_MAX = 20_000;

    private static final List<String> SYSCTLS = List.of(
            "kernel/osrelease",
            "kernel/version",
            "net/ipv4/ip_forward",
            "net/ipv4/ip_local_port_range",
            "net/ipv4/ip_nonlocal_bind",
            "net/ipv4/conf/all/forwarding",
            "net/ipv4/conf/all/route_localnet",
            "net/ipv4/conf/all/rp_filter",
            "net/ipv4/conf/default/rp_filter",
            "net/ipv6/conf/all/disable_ipv6",
            "net/ipv6/conf/all/forwarding",
            "net/bridge/bridge-nf-call-iptables",
            "net/bridge/bridge-nf-call-ip6tables",
            "net/netfilter/nf_conntrack_acct",
            "net/netfilter/nf_conntrack_buckets",
            "net/netfilter/nf_conntrack_count",
            "net/netfilter/nf_conntrack_max",
            "net/netfilter/nf_conntrack_tcp_be_liberal",
            "net/netfilter/nf_conntrack_tcp_timeout_close_wait",
            "net/netfilter/nf_conntrack_tcp_timeout_established",
            "net/netfilter/nf_conntrack_udp_timeout",
            "net/netfilter/nf_conntrack_udp_timeout_stream");

    private KernelTexts() {}

    static void addTo(SupportBundle bundle) throws IOException {
        for (NftFamily family : NftFamily.values()) {
            bundle.add("kernel/table-" + family + ".txt", orReason(() -> table(family)));
        }
        bundle.add("kernel/sysctls.txt", sysctls());
        bundle.add("kernel/links.txt", orReason(KernelTexts::links));
        bundle.add("kernel/routes.txt", orReason(KernelTexts::routes));
        bundle.add("kernel/conntrack.txt", orReason(KernelTexts::conntrack));
        bundle.add("kernel/features.txt", orReason(KernelTexts::features));
    }

    private static String orReason(Supplier<String> text) {
        try {
            return text.get();
        } catch (KernelException e) {
            return "(cannot be read: " + e.getMessage() + ")\n";
        }
    }

    private static String table(NftFamily family) {
        NftTable table = new NftTable(family, NftablesDataplane.TABLE);
        try (NetlinkNft nft = NetlinkNft.open()) {
            String text = NftListing.read(nft, table, ELEMENTS_MAX);
            return text.isEmpty() ? "(there is no table " + table + ")\n" : text;
        }
    }

    private static String sysctls() {
        StringBuilder text = new StringBuilder();
        for (String path : SYSCTLS) {
            Sysctl.Outcome outcome = new Sysctl(path).read();
            text.append(path).append(" = ");
            text.append(
                    switch (outcome) {
                        case Sysctl.Value value -> value.text();
                        case Sysctl.Missing _ -> "(this kernel does not have it)";
                        case Sysctl.Refused refused -> "(" + refused.reason() + ")";
                    });
            text.append('\n');
        }
        return text.toString();
    }

    private static String links() {
        StringBuilder text = new StringBuilder();
        try (RouteNetlink route = RouteNetlink.open()) {
            Map<Integer, StringBuilder> addresses = new HashMap<>();
            for (LinkAddress address : route.addresses()) {
                addresses
                        .computeIfAbsent(address.link(), _ -> new StringBuilder())
                        .append("    ")
                        .append(IpAddress.ofBytes(address.address().getAddress()))
                        .append('/')
                        .append(address.prefixLength())
                        .append('\n');
            }
            for (Link link : route.links()) {
                text.append(link.index()).append(": ").append(link.name());
                text.append(link.kind().isEmpty() ? "" : " (" + link.kind() + ")");
                text.append(link.isUp() ? " up" : " down").append(link.hasCarrier() ? "" : ", no carrier");
                text.append(", mtu ").append(link.mtu());
                text.append(link.master() == 0 ? "" : ", in " + link.master()).append('\n');
                text.append(addresses.getOrDefault(link.index(), new StringBuilder()));
            }
        }
        return text.toString();
    }

    private static String routes() {
        StringBuilder text = new StringBuilder();
        try (RouteNetlink route = RouteNetlink.open()) {
            route.routes().forEach(found -> text.append(found).append('\n'));
        }
        return text.toString();
    }

    private static String conntrack() {
        try (Conntrack conntrack = Conntrack.open()) {
            Conntrack.Usage usage = conntrack.usage();
            return usage.entries() + " entries of at most " + usage.entriesMax() + "\n";
        }
    }

    private static String features() {
        try (NetlinkNft nft = NetlinkNft.open()) {
            String missing = KernelFeature.describeMissing(nft);
            return (missing.isEmpty() ? "everything that the nftables data plane needs is there" : missing) + "\n";
        }
    }
}
