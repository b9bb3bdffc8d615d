package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.NodePlanDelta;
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

    private final Nft nft;
    private final boolean owned;
    private final LoopbackRouting loopback;
    private List<FamilyPlane> families = List.of();
    private boolean loopbackPermitted;

    /**
     * The kernel's permission to route its loopback network, which IPv4 NodePorts on 127.0.0.1 need
     * ({@code net.ipv4.conf.all.route_localnet}).
     */
    @FunctionalInterface
    public interface LoopbackRouting {
        void permit(boolean permitted);
    }

    /** @param owned whether the tables are claimed as owned and persistent */
    public NftablesDataplane(Nft nft, boolean owned, LoopbackRouting loopback) {
        this.nft = nft;
        this.owned = owned;
        this.loopback = loopback;
    }

    @Override
    public void restart() {
        families = List.of();
    }

    @Override
    public SyncResult apply(NodePlanDelta delta) {
        if (families.isEmpty()) {
            List<FamilyPlane> opened = new ArrayList<>();
            for (IpFamily family : IpFamily.values()) {
                opened.add(new FamilyPlane(nft, family, owned, delta.settings()));
            }
            families = List.copyOf(opened);
        }
        boolean serves = delta.settings().servesLoopback();
        if (loopbackPermitted && !serves) {
            loopbackPermitted = false;
            loopback.permit(false);
        }
        List<SyncResult> results = new ArrayList<>();
        for (FamilyPlane family : families) {
            results.add(family.apply(delta.services(), delta.settings()));
        }
        SyncResult result = SyncResult.sum(results);
        // The guard must stand before the kernel may route what it guards against.
        if (serves && !loopbackPermitted && !result.dirty()) {
            loopbackPermitted = true;
            loopback.permit(true);
        }
        return result;
    }

    @Override
    public void close() {
        nft.close();
    }

    /**
     * Removes our tables of both families.
     *
     * @return whether there were any
     */
    public static boolean cleanup(Nft nft) {
        boolean found = false;
        for (NftFamily family : NftFamily.values()) {
            NftTable table = new NftTable(family, TABLE);
            if (nft.read(table).exists()) {
                nft.apply(new NftTransaction(table, new NftVerdicts()).deleteTable());
                found = true;
            }
        }
        return found;
    }
}
