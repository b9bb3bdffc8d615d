package io.fairlead.agent.mode;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.LoopbackRouting;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.kernel.feature.KernelFeature;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.NftMonitor;

/**
 * Mode nftables. Where tables cannot be owned, the kernel tells of changes by others.
 *
 * <p>Confined to the main thread.
 */
final class NftablesMode implements ServingMode {

    private final NetlinkNft nft;
    private final boolean owned;
    private final LoopbackRouting loopback;

    private NftablesMode(NetlinkNft nft, boolean owned, LoopbackRouting loopback) {
        this.nft = nft;
        this.owned = owned;
        this.loopback = loopback;
    }

    static ModeResult open(LoopbackRouting loopback) {
        NetlinkNft nft = NetlinkNft.open();
        String missing = KernelFeature.describeMissing(nft);
        if (!missing.isEmpty()) {
            nft.close();
            return new ModeResult.Missing(missing);
        }
        return new ModeResult.Opened(new NftablesMode(nft, nft.supportsOwnedPersistentTables(), loopback));
    }

    @Override
    public String name() {
        return "nftables";
    }

    @Override
    public String description() {
        return "tables " + (owned ? "owned" : "not owned");
    }

    @Override
    public ModeRules rules() {
        return ModeRules.NFTABLES;
    }

    @Override
    public RuleKind kind() {
        return RuleKind.NFTABLES;
    }

    @Override
    public Dataplane dataplane() {
        return new NftablesDataplane(nft, owned, loopback);
    }

    @Override
    public Runnable watch(Runnable onForeignChange) {
        if (owned) {
            return () -> {};
        }
        NftMonitor monitor = NftMonitor.open(NftablesDataplane.TABLE, nft.portId(), onForeignChange);
        Thread.ofPlatform().daemon().name("nft-monitor").start(monitor);
        return monitor::close;
    }

    @Override
    public void stepped() {}

    @Override
    public boolean removeRules() {
        return NftablesDataplane.cleanup(nft);
    }

    @Override
    public void retire() {
        // Tables that are owned nobody else can remove, as long as this is open.
        try {
            removeRules();
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        nft.close();
    }
}
