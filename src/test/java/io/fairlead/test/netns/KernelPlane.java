package io.fairlead.test.netns;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.iptables.IptablesDataplane;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.IptablesTools;
import io.fairlead.kernel.iptables.IptablesTools.Flavour;
import io.fairlead.kernel.iptables.ToolIptables;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.test.scenario.IptablesState;
import io.fairlead.test.scenario.NftState;
import io.fairlead.test.scenario.PlaneKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The data planes on this kernel. Everything is about the network namespace of the calling thread.
 *
 * <p>Immutable.
 */
enum KernelPlane {
    NFTABLES,
    IPTABLES_LEGACY,
    IPTABLES_NFT;

    PlaneKind kind() {
        return this == NFTABLES ? PlaneKind.NFTABLES : PlaneKind.IPTABLES;
    }

    /** Those that this kernel has; which it lacks is told by trying. */
    static List<KernelPlane> here() {
        return Arrays.stream(values()).filter(KernelPlane::isThere).toList();
    }

    /** @param text as {@link #toString()} gives it */
    static KernelPlane named(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private boolean isThere() {
        return switch (this) {
            // Without them the agent has nothing to run on, and tests are to fail.
            case NFTABLES, IPTABLES_LEGACY, IPTABLES_NFT -> true;
        };
    }

    /** The data plane of a new agent. */
    Dataplane open() {
        return switch (this) {
            case NFTABLES -> {
                NetlinkNft nft = NetlinkNft.open();
                yield new NftablesDataplane(nft, nft.supportsOwnedPersistentTables(), KernelPlane::permitLoopback);
            }
            case IPTABLES_LEGACY, IPTABLES_NFT ->
                new IptablesDataplane(tools(flavour()), true, KernelPlane::permitLoopback);
        };
    }

    /** What the kernel holds of ours, as sorted lines. */
    List<String> state() {
        return switch (this) {
            case NFTABLES -> {
                try (Nft nft = NetlinkNft.open()) {
                    yield NftState.read(nft);
                }
            }
            case IPTABLES_LEGACY, IPTABLES_NFT -> IptablesState.read(tools(flavour()));
        };
    }

    /** Takes away what agents left. */
    void cleanup() {
        switch (this) {
            case NFTABLES -> {
                try (Nft nft = NetlinkNft.open()) {
                    NftablesDataplane.cleanup(nft);
                }
            }
            case IPTABLES_LEGACY, IPTABLES_NFT -> tools(flavour()).forEach(IptablesDataplane::cleanup);
        }
    }

    private Flavour flavour() {
        return this == IPTABLES_LEGACY ? Flavour.LEGACY : Flavour.NFT;
    }

    private static List<Iptables> tools(Flavour flavour) {
        return List.of(
                new ToolIptables(IptablesTools.find("iptables", flavour).orElseThrow(), false),
                new ToolIptables(IptablesTools.find("ip6tables", flavour).orElseThrow(), true));
    }

    private static void permitLoopback(boolean permitted) {
        Sysctl.Outcome outcome = new Sysctl("net/ipv4/conf/all/route_localnet").write(permitted ? 1 : 0);
        if (!(outcome instanceof Sysctl.Value)) {
            throw new AssertionError(outcome.toString());
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
