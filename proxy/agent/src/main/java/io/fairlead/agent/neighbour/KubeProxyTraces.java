package io.fairlead.agent.neighbour;

import io.fairlead.kernel.ipset.IpSets;
import io.fairlead.kernel.iptables.LegacyTable;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftFootprint;
import io.fairlead.kernel.nft.NftRuleset;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.route.RouteNetlink;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Looks for traces of kube-proxy by asking for single objects: what a look costs does not depend on how many Services
 * kube-proxy has written.
 *
 * <p>Confined to the thread that opened it, whose network namespace it looks at.
 */
final class KubeProxyTraces implements AutoCloseable {

    private final NftRuleset nft;
    private final IpSets sets;
    private final RouteNetlink route;

    private KubeProxyTraces(NftRuleset nft, IpSets sets, RouteNetlink route) {
        this.nft = nft;
        this.sets = sets;
        this.route = route;
    }

    static KubeProxyTraces open() {
        return new KubeProxyTraces(NftRuleset.open(), IpSets.open(), RouteNetlink.open());
    }

    /**
     * What is there, each with a number that is another one once the trace has been made again or has changed. Changes
     * are noticed where the kernel counts what an object holds, not in the legacy tables.
     */
    Map<KubeProxyTrace, Integer> read() {
        Map<KubeProxyTrace, Integer> found = new EnumMap<>(KubeProxyTrace.class);
        for (NftFamily family : NftFamily.values()) {
            add(found, KubeProxyTrace.NFTABLES, nft.table(new NftTable(family, KubeProxyNames.TABLE)));
            // The table mangle belongs to mode iptables, filter and nat to ipvs, too.
            add(found, KubeProxyTrace.IPTABLES_NFT, chain(family, "mangle", KubeProxyNames.CANARY));
            add(found, KubeProxyTrace.IPTABLES_NFT, chain(family, "filter", KubeProxyNames.FORWARD));
            add(found, KubeProxyTrace.IPTABLES_NFT, chain(family, "nat", KubeProxyNames.SERVICES));
        }
        for (LegacyTable.Family family : LegacyTable.Family.values()) {
            if (has(family, "mangle", KubeProxyNames.CANARY) || has(family, "filter", KubeProxyNames.FORWARD)) {
                found.put(KubeProxyTrace.IPTABLES_LEGACY, 0);
            }
        }
        if (sets.names().stream().anyMatch(KubeProxyNames::isIpset)) {
            found.put(KubeProxyTrace.IPSETS, 0);
        }
        route.findLink(KubeProxyNames.IPVS_LINK).ifPresent(link -> found.put(KubeProxyTrace.IPVS_LINK, link.index()));
        return found;
    }

    private Optional<NftFootprint> chain(NftFamily family, String table, String chain) {
        return nft.chain(new NftTable(family, table), chain);
    }

    private static void add(
            Map<KubeProxyTrace, Integer> found, KubeProxyTrace trace, Optional<NftFootprint> footprint) {
        footprint.ifPresent(present -> found.merge(trace, present.hashCode(), (a, b) -> 31 * a + b));
    }

    private static boolean has(LegacyTable.Family family, String table, String chain) {
        return LegacyTable.read(family, table)
                .filter(found -> found.hasChain(chain))
                .isPresent();
    }

    @Override
    public void close() {
        nft.close();
        sets.close();
        route.close();
    }
}
