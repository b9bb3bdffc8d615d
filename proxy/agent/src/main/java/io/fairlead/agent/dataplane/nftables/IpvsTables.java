package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.kernel.nft.Nft;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The tables beside IPVS: which clients get to a frontend, and which of them are masqueraded. Backends are chosen behind
 * them, at the hooks of IPVS.
 *
 * <p>Guarded by whoever has it.
 */
public final class IpvsTables {

    /** Name of our table in both families. */
    public static final String TABLE = Layout.TABLE_BESIDE_IPVS;

    private final Nft nft;
    private final boolean owned;
    private final Layout.Kind kind;
    private List<FamilyPlane> families = List.of();

    private IpvsTables(Nft nft, boolean owned, Layout.Kind kind) {
        this.nft = nft;
        this.owned = owned;
        this.kind = kind;
    }

    /**
     * While IPVS serves.
     *
     * @param owned whether the tables are claimed as owned and persistent
     */
    public static IpvsTables serving(Nft nft, boolean owned) {
        return new IpvsTables(nft, owned, Layout.Kind.BESIDE_IPVS);
    }

    /** While another mode serves, and connections of IPVS go on: only its addresses are guarded. */
    public static IpvsTables leaving(Nft nft) {
        return new IpvsTables(nft, false, Layout.Kind.AFTER_IPVS);
    }

    /** Forgets everything; see {@link io.fairlead.agent.dataplane.Dataplane#restart}. */
    public void restart() {
        families = List.of();
    }

    /**
     * Applies a change, and whatever an earlier call left undone.
     *
     * @param bound addresses that the node has from now on because Services have them
     * @param unbound addresses that it has no longer
     */
    public SyncResult apply(NodePlanDelta delta, Collection<IpAddress> bound, Collection<IpAddress> unbound) {
        if (families.isEmpty()) {
            List<FamilyPlane> opened = new ArrayList<>();
            for (IpFamily family : IpFamily.values()) {
                Layout layout = new Layout(family, kind);
                opened.add(new FamilyPlane(nft, layout, owned, delta.settings()));
            }
            families = List.copyOf(opened);
        }
        List<SyncResult> results = new ArrayList<>();
        for (FamilyPlane family : families) {
            bound.forEach(family::guard);
            unbound.forEach(family::unguard);
            results.add(family.apply(delta.services(), delta.settings()));
        }
        return SyncResult.sum(results);
    }

    public void close() {
        nft.close();
    }

    /**
     * Removes our tables of both families.
     *
     * @return whether there were any
     */
    public static boolean cleanup(Nft nft) {
        return NftablesDataplane.cleanup(nft, TABLE);
    }
}
