package io.fairlead.test.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.config.ProxyMode;
import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.iptables.IptablesDataplane;
import io.fairlead.agent.dataplane.ipvs.DummyLink;
import io.fairlead.agent.dataplane.ipvs.IpvsDataplane;
import io.fairlead.agent.dataplane.ipvs.IpvsOptions;
import io.fairlead.agent.dataplane.nftables.IpvsTables;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.mode.ModeOptions;
import io.fairlead.agent.mode.ModeResult;
import io.fairlead.agent.mode.Modes;
import io.fairlead.agent.mode.ServingMode;
import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.IptablesTools;
import io.fairlead.kernel.iptables.IptablesTools.Flavour;
import io.fairlead.kernel.iptables.ToolIptables;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.IpvsOperation;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.test.scenario.IptablesState;
import io.fairlead.test.scenario.IpvsState;
import io.fairlead.test.scenario.NftState;
import io.fairlead.test.scenario.PlaneKind;
import java.util.ArrayList;
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
    IPTABLES_NFT,
    IPVS;

    /** Flows of UDP are soon forgotten, since scenarios use the same addresses. */
    private static final ModeOptions OPTIONS =
            new ModeOptions(true, IpvsOptions.DEFAULT, false, new IpvsTimeouts(0, 1, 1));

    PlaneKind kind() {
        return switch (this) {
            case NFTABLES -> PlaneKind.NFTABLES;
            case IPTABLES_LEGACY, IPTABLES_NFT -> PlaneKind.IPTABLES;
            case IPVS -> PlaneKind.IPVS;
        };
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
            case IPVS -> Facility.IPVS.isThere();
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
            case IPVS -> {
                ModeResult opened = new Modes(OPTIONS, KernelPlane::permitLoopback).open(ProxyMode.IPVS);
                if (opened instanceof ModeResult.Opened(ServingMode mode)) {
                    yield mode.dataplane();
                }
                throw new AssertionError(opened);
            }
        };
    }

    /**
     * Lets what waits for connections to end come to its end.
     *
     * @param last the data plane that was opened last
     */
    void settle(Dataplane last) {
        if (this == IPVS) {
            try (Ipvs ipvs = NetlinkIpvs.open()) {
                endConnections(ipvs);
                ((IpvsDataplane) last).clearDrained();
            }
        }
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
            case IPVS -> {
                try (Nft nft = NetlinkNft.open();
                        Ipvs ipvs = NetlinkIpvs.open();
                        DummyLink link = DummyLink.open()) {
                    yield IpvsState.read(nft, ipvs, link.read());
                }
            }
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
            case IPVS -> {
                try (Nft nft = NetlinkNft.open();
                        Ipvs ipvs = NetlinkIpvs.open()) {
                    IpvsDataplane.cleanup(ipvs);
                    IpvsTables.cleanup(nft);
                    DummyLink.delete();
                }
            }
        }
    }

    /** The kernel remembers a closed connection for two minutes; a server that gets no more is taken away instead. */
    private static void endConnections(Ipvs ipvs) {
        List<IpvsOperation> operations = new ArrayList<>();
        for (VirtualServer server : ipvs.virtualServers()) {
            for (RealServerStatus status : ipvs.realServers(server.key())) {
                if (status.server().weight() == 0) {
                    operations.add(new IpvsOperation.DeleteRealServer(
                            server.key(), status.server().key()));
                }
            }
        }
        assertEquals(List.of(), ipvs.applyAll(operations));
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
