package io.fairlead.agent.mode;

import io.fairlead.agent.dataplane.iptables.IptablesDataplane;
import io.fairlead.agent.dataplane.ipvs.DummyLink;
import io.fairlead.agent.dataplane.ipvs.IpvsDataplane;
import io.fairlead.agent.dataplane.nftables.IpvsTables;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.IptablesTools.Flavour;
import io.fairlead.kernel.iptables.LegacyTable;
import io.fairlead.kernel.iptables.LegacyTables;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftRuleset;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.route.RouteNetlink;
import java.util.Arrays;

/**
 * What agents leave in the kernel, by the way in which it is removed.
 *
 * <p>Immutable.
 */
public enum RuleKind {
    NFTABLES("nftables tables ip fairlead and ip6 fairlead") {
        @Override
        boolean remove() {
            try (NetlinkNft nft = NetlinkNft.open()) {
                return NftablesDataplane.cleanup(nft);
            }
        }

        @Override
        boolean isThere() {
            try (NetlinkNft nft = NetlinkNft.open()) {
                return NftablesDataplane.isThere(nft);
            }
        }
    },
    IPTABLES_NFT("chains FL-... of iptables-nft and ip6tables-nft") {
        @Override
        boolean remove() {
            return isThere() && removeChains(Flavour.NFT);
        }

        @Override
        boolean isThere() {
            try (NftRuleset nft = NftRuleset.open()) {
                for (NftFamily family : NftFamily.values()) {
                    for (String table : TableWatch.TABLES) {
                        if (nft.chain(new NftTable(family, table), TableWatch.CANARY)
                                .isPresent()) {
                            return true;
                        }
                    }
                }
                return false;
            }
        }
    },
    IPTABLES_LEGACY("chains FL-... of iptables-legacy and ip6tables-legacy") {
        @Override
        boolean remove() {
            return isThere() && removeChains(Flavour.LEGACY);
        }

        // Only a table that is not too large to be looked through says for certain that we are not there.
        @Override
        boolean isThere() {
            LegacyTables legacy = new LegacyTables();
            for (LegacyTable.Family family : LegacyTable.Family.values()) {
                for (String table : TableWatch.TABLES) {
                    boolean used = legacy.size(family, table)
                            .filter(size -> size.rules() > 0)
                            .isPresent();
                    if (used
                            && legacy.read(family, table)
                                    .map(found -> found.hasChainOf("FL-"))
                                    .orElse(true)) {
                        return true;
                    }
                }
            }
            return false;
        }
    },
    IPVS("virtual servers of IPVS, link " + DummyLink.NAME + " and tables " + IpvsTables.TABLE) {
        @Override
        boolean remove() {
            if (!isThere()) {
                return false;
            }
            NetlinkIpvs.openIfPresent().ifPresent(ipvs -> {
                try (ipvs) {
                    IpvsDataplane.cleanup(ipvs);
                }
            });
            try (NetlinkNft nft = NetlinkNft.open()) {
                IpvsTables.cleanup(nft);
            }
            // Last, since it says whether there is anything: asking for IPVS would load it.
            return DummyLink.delete();
        }

        @Override
        boolean retire() {
            if (!isThere()) {
                return false;
            }
            IpvsDrain.start();
            return true;
        }

        @Override
        boolean isThere() {
            try (RouteNetlink route = RouteNetlink.open()) {
                return route.findLink(DummyLink.NAME).isPresent();
            }
        }
    };

    private final String text;

    RuleKind(String text) {
        this.text = text;
    }

    static RuleKind of(Flavour flavour) {
        return flavour == Flavour.NFT ? IPTABLES_NFT : IPTABLES_LEGACY;
    }

    /** Whether an agent of any mode left something, or may have. */
    public static boolean isAnyThere() {
        return Arrays.stream(values()).anyMatch(RuleKind::isThere);
    }

    /** Whether something is there, or may be where that cannot be told at little cost. */
    abstract boolean isThere();

    /**
     * Removes what is there, and looks first at what costs little: of a large cluster the tools print much.
     *
     * @return whether there was anything
     */
    abstract boolean remove();

    /** As {@link #remove}, while another mode serves: connections that are there go on. */
    boolean retire() {
        return remove();
    }

    private static boolean removeChains(Flavour flavour) {
        boolean found = false;
        for (Iptables tools : Flavours.tools(flavour)) {
            found |= IptablesDataplane.cleanup(tools);
        }
        return found;
    }

    /** For people. */
    @Override
    public String toString() {
        return text;
    }
}
