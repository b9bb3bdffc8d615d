package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.LoopbackGate;
import io.fairlead.agent.dataplane.LoopbackRouting;
import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftVerdicts;
import java.util.ArrayList;
import java.util.List;

/**
 * The nftables data plane: both families.
 *
 * <p>Confined to the proxy loop's thread.
 */
public final class NftablesDataplane implements Dataplane {

    /** Name of our table in both families. */
    public static final String TABLE = Layout.TABLE;

    /** Version of what is in it. */
    public static final int LAYOUT_VERSION = Layout.VERSION;

    private final Nft nft;
    private final boolean owned;
    private final LoopbackGate loopback;
    private List<FamilyPlane> families = List.of();

    /** @param owned whether the tables are claimed as owned and persistent */
    public NftablesDataplane(Nft nft, boolean owned, LoopbackRouting loopback) {
        this.nft = nft;
        this.owned = owned;
        this.loopback = new LoopbackGate(loopback);
    }

    @Override
    public void restart() {
        families = List.of();
    }

    @Override
    public SyncResult apply(NodePlanDelta delta) {
        if (families.isEmpty()) {
            open(delta.settings());
        }
        loopback.beforeApply(delta.settings());
        List<SyncResult> results = new ArrayList<>();
        for (FamilyPlane family : families) {
            results.add(family.apply(delta.services(), delta.settings()));
        }
        loopback.afterApply(families.stream().anyMatch(FamilyPlane::guardsLoopback));
        return SyncResult.sum(results);
    }

    private void open(NodeSettings settings) {
        List<FamilyPlane> opened = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            opened.add(new FamilyPlane(nft, new Layout(family), owned, settings));
        }
        families = List.copyOf(opened);
        loopback.opened(opened.stream().anyMatch(FamilyPlane::foundLoopbackGuard));
    }

    @Override
    public void close() {
        nft.close();
    }

    /** Whether there is a table of ours. */
    public static boolean isThere(Nft nft) {
        for (NftFamily family : NftFamily.values()) {
            if (nft.read(new NftTable(family, TABLE)).exists()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Removes our tables of both families.
     *
     * @return whether there were any
     */
    public static boolean cleanup(Nft nft) {
        return cleanup(nft, TABLE);
    }

    static boolean cleanup(Nft nft, String name) {
        boolean found = false;
        for (NftFamily family : NftFamily.values()) {
            NftTable table = new NftTable(family, name);
            if (nft.read(table).exists()) {
                nft.apply(new NftTransaction(table, new NftVerdicts()).deleteTable());
                found = true;
            }
        }
        return found;
    }
}
