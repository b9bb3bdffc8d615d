package io.fairlead.agent.mode;

import io.fairlead.kernel.feature.Ipv6;
import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.IptablesTools;
import io.fairlead.kernel.iptables.IptablesTools.Flavour;
import io.fairlead.kernel.iptables.LegacyTable;
import io.fairlead.kernel.iptables.LegacyTables;
import io.fairlead.kernel.iptables.ToolIptables;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftRuleset;
import io.fairlead.kernel.nft.NftTable;
import java.util.ArrayList;
import java.util.List;

/**
 * The two flavours of iptables, and which of them a machine uses. Rules of one are not seen by the other, so an agent
 * must use that of the kubelet and the network plugin.
 *
 * <p>Thread-safe: asks the kernel and the file system each time.
 */
final class Flavours {

    /** Chains of kubelet: it makes one of them with the tools of the host, for others to see which these are. */
    private static final List<String> KUBELET = List.of("KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY");

    private static final String MANGLE = "mangle";

    private Flavours() {}

    /** That of kubelet; else the older one if somebody has rules there, or if it alone is installed; else the newer. */
    static Flavour inUse() {
        try (NftRuleset nft = NftRuleset.open()) {
            for (NftFamily family : NftFamily.values()) {
                NftTable mangle = new NftTable(family, MANGLE);
                if (KUBELET.stream().anyMatch(chain -> nft.chain(mangle, chain).isPresent())) {
                    return Flavour.NFT;
                }
            }
        }
        LegacyTables legacy = new LegacyTables();
        for (LegacyTable.Family family : LegacyTable.Family.values()) {
            boolean hinted = legacy.read(family, MANGLE)
                    .filter(table -> KUBELET.stream().anyMatch(table::hasChain))
                    .isPresent();
            boolean used =
                    legacy.size(family, "nat").filter(size -> size.rules() > 0).isPresent();
            if (hinted || used) {
                return Flavour.LEGACY;
            }
        }
        return tools(Flavour.NFT).isEmpty() ? Flavour.LEGACY : Flavour.NFT;
    }

    /** The tools of a flavour, one for each family that they serve; none if they are not installed. */
    static List<Iptables> tools(Flavour flavour) {
        List<Iptables> tools = new ArrayList<>();
        IptablesTools.find("iptables", flavour).ifPresent(found -> tools.add(new ToolIptables(found, false)));
        if (!tools.isEmpty() && Ipv6.isThere()) {
            IptablesTools.find("ip6tables", flavour).ifPresent(found -> tools.add(new ToolIptables(found, true)));
        }
        return tools;
    }
}
