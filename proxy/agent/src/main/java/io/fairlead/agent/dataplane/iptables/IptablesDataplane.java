package io.fairlead.agent.dataplane.iptables;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.LoopbackGate;
import io.fairlead.agent.dataplane.LoopbackRouting;
import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.kernel.iptables.Iptables;
import java.util.ArrayList;
import java.util.List;

/**
 * The iptables data plane: the families that the tools can serve.
 *
 * <p>Confined to the proxy loop's thread.
 */
public final class IptablesDataplane implements Dataplane {

    /** A chain of tables nat and filter that has one rule: it shows whether we are there, and whether somebody flushed. */
    public static final String CANARY = Names.CANARY;

    private final List<Iptables> tools;
    private final boolean dropsInvalid;
    private final LoopbackGate loopback;
    private List<FamilyTables> families = List.of();

    /**
     * @param tools one for each family
     * @param dropsInvalid whether forwarded packets that connection tracking cannot make sense of are dropped
     */
    public IptablesDataplane(List<Iptables> tools, boolean dropsInvalid, LoopbackRouting loopback) {
        this.tools = List.copyOf(tools);
        this.dropsInvalid = dropsInvalid;
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
        for (FamilyTables family : families) {
            results.add(family.apply(delta.services(), delta.settings()));
        }
        loopback.afterApply(families.stream().anyMatch(FamilyTables::guardsLoopback));
        return SyncResult.sum(results);
    }

    private void open(NodeSettings settings) {
        List<FamilyTables> opened = new ArrayList<>();
        for (Iptables tool : tools) {
            IpFamily family = tool.ipv6() ? IpFamily.IPV6 : IpFamily.IPV4;
            opened.add(new FamilyTables(tool, family, dropsInvalid, settings));
        }
        families = List.copyOf(opened);
        loopback.opened(opened.stream().anyMatch(FamilyTables::foundLoopbackGuard));
    }

    @Override
    public void close() {}

    /**
     * Removes our chains of one family.
     *
     * @return whether there were any
     */
    public static boolean cleanup(Iptables iptables) {
        return FamilyTables.cleanup(iptables);
    }
}
