package io.fairlead.agent.neighbour;

import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.ipset.IpSets;
import io.fairlead.kernel.iptables.IptablesTools;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftRuleset;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftVerdicts;
import io.fairlead.kernel.route.RouteNetlink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Removes what kube-proxy of any mode left in the network namespace of the calling thread. Each part is removed as a
 * whole or not at all, and one that cannot be does not keep the others from going.
 *
 * <p>The sysctl {@code route_localnet} stays as it is: who else needs it cannot be told, and its guard KUBE-FIREWALL,
 * which is also kubelet's, stays too.
 *
 * <p>Confined to the calling thread.
 */
public final class KubeProxyLeftovers {

    /** The link on which kube-proxy in mode ipvs has the addresses of Services. */
    public static final String IPVS_LINK = KubeProxyNames.IPVS_LINK;

    private static final int LOCK_SECONDS = 30;

    /**
     * A sync of kube-proxy takes our flag from the virtual servers that it wants, too. Until then at the latest an agent
     * in mode ipvs, which looks every 5 s, has given it back.
     */
    private static final Duration MARKED_ANEW = Duration.ofSeconds(10);

    /**
     * What became of it.
     *
     * <p>Immutable.
     *
     * @param removed what is gone
     * @param left what is not, and why
     */
    public record Removal(List<String> removed, List<String> left) {
        public Removal {
            removed = List.copyOf(removed);
            left = List.copyOf(left);
        }
    }

    private static final String LINK = "link " + KubeProxyNames.IPVS_LINK + " with its addresses";

    private final List<String> removed = new ArrayList<>();
    private final List<String> left = new ArrayList<>();

    private KubeProxyLeftovers() {}

    /**
     * Why we believe that kube-proxy runs: then nothing may be removed.
     *
     * @return empty if it does not seem so
     */
    public static List<KubeProxyEvidence> running() {
        return KubeProxyProcesses.ofThisMachine().find();
    }

    /** Whether a running kube-proxy could be told by its process. */
    public static boolean seesProcesses() {
        return KubeProxyProcesses.ofThisMachine().seesTheNode();
    }

    /** What there is. */
    public static Set<KubeProxyTrace> traces() {
        try (KernelLook look = KernelLook.open()) {
            return Set.copyOf(look.read().keySet());
        }
    }

    /** What would drop Service traffic with kube-proxy's rules gone, which accepted some of it. */
    public static List<ForwardFirewall> firewalls() {
        try (KernelLook look = KernelLook.open()) {
            return look.firewalls();
        }
    }

    /** Removes all that can be removed. */
    public static Removal remove() {
        KubeProxyLeftovers leftovers = new KubeProxyLeftovers();
        leftovers.removeNftables();
        for (String plain : List.of("iptables", "ip6tables")) {
            leftovers.removeIptables(plain, IptablesTools.Flavour.NFT);
            leftovers.removeIptables(plain, IptablesTools.Flavour.LEGACY);
        }
        // Link and sets say which virtual servers are kube-proxy's, so they come after those; and after rules, which
        // refer to sets.
        leftovers.removeVirtualServers();
        leftovers.removeIpsets();
        leftovers.removeLink();
        leftovers.explainRest();
        return new Removal(leftovers.removed, leftovers.left);
    }

    private void removeNftables() {
        try (NftRuleset ruleset = NftRuleset.open();
                NetlinkNft nft = NetlinkNft.open()) {
            for (NftFamily family : NftFamily.values()) {
                NftTable table = new NftTable(family, KubeProxyNames.TABLE);
                if (ruleset.table(table).isPresent()) {
                    attempt("nftables table " + table, () -> {
                        nft.apply(new NftTransaction(table, new NftVerdicts()).deleteTable());
                        return true;
                    });
                }
            }
        }
    }

    /** Removes something; it may say that it could not. */
    private void attempt(String what, BooleanSupplier removal) {
        try {
            if (removal.getAsBoolean()) {
                removed.add(what);
            } else {
                left.add(what + ": something else uses it");
            }
        } catch (KernelException e) {
            left.add(what + ": " + e.getMessage());
        }
    }

    private void removeIptables(String plain, IptablesTools.Flavour flavour) {
        IptablesTools tools = IptablesTools.find(plain, flavour).orElse(null);
        if (tools == null) {
            return;
        }
        try {
            List<IptablesEdit> edits = new ArrayList<>();
            tools.read(line -> IptablesEdit.read(line, edits));
            for (IptablesEdit edit : edits) {
                if (!edit.isEmpty()) {
                    tools.apply(edit.restore(), LOCK_SECONDS);
                    removed.add(edit.removed().size() + " chains of " + tools.name() + " table " + edit.table());
                }
                edit.reasons().forEach(reason -> left.add(tools.name() + " " + reason));
            }
        } catch (KernelException e) {
            left.add("chains of " + tools.name() + ": " + e.getMessage());
        }
    }

    /** What is still there without a reason that was given above. */
    private void explainRest() {
        if (left.isEmpty()) {
            traces().forEach(trace ->
                    left.add(trace + ": the iptables tools here do not show them, or are not installed;"
                            + " run 'kube-proxy --cleanup' with those that wrote them"));
        }
    }

    private void removeVirtualServers() {
        try (IpSets sets = IpSets.open();
                RouteNetlink route = RouteNetlink.open()) {
            // Asking for IPVS makes the kernel load it.
            if (route.findLink(KubeProxyNames.IPVS_LINK).isPresent()
                    || sets.names().stream().anyMatch(KubeProxyNames::isIpset)) {
                NetlinkIpvs.openIfPresent().ifPresent(ipvs -> removeVirtualServers(ipvs, route, sets));
            }
        } catch (KernelException e) {
            left.add("IPVS virtual servers: " + e.getMessage());
        }
    }

    private void removeVirtualServers(NetlinkIpvs open, RouteNetlink route, IpSets sets) {
        try (NetlinkIpvs ipvs = open) {
            KubeProxyVirtualServers servers = new KubeProxyVirtualServers(ipvs, route, sets);
            List<VirtualServerKey> found = servers.find();
            if (!found.isEmpty() && servers.areOursBeside()) {
                pause();
                found = servers.find();
            }
            List<String> refused = servers.remove(found);
            left.addAll(refused);
            int gone = found.size() - refused.size();
            if (gone > 0) {
                removed.add(gone + " IPVS virtual servers");
            }
        }
    }

    private static void pause() {
        long end = System.nanoTime() + MARKED_ANEW.toNanos();
        for (long left = MARKED_ANEW.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void removeIpsets() {
        try (IpSets sets = IpSets.open()) {
            sets.names().stream()
                    .filter(KubeProxyNames::isIpset)
                    .forEach(name -> attempt("ipset " + name, () -> sets.destroy(name)));
        }
    }

    private void removeLink() {
        try (RouteNetlink route = RouteNetlink.open()) {
            if (route.findLink(KubeProxyNames.IPVS_LINK).isPresent()) {
                attempt(LINK, () -> route.deleteLink(KubeProxyNames.IPVS_LINK));
            }
        }
    }
}
