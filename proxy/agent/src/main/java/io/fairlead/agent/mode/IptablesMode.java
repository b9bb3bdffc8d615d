package io.fairlead.agent.mode;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.LoopbackRouting;
import io.fairlead.agent.dataplane.iptables.IptablesDataplane;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.IptablesTools.Flavour;
import java.time.Duration;
import java.util.List;

/**
 * Mode iptables, in the flavour that is in use on this machine.
 *
 * <p>Confined to the main thread, but for what its methods say.
 */
final class IptablesMode implements ServingMode {

    /** The older kernel interface tells nobody of changes. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final Flavour flavour;
    private final List<Iptables> tools;
    private final boolean dropsInvalid;
    private final LoopbackRouting loopback;
    private final TableWatch watch;

    private IptablesMode(Flavour flavour, List<Iptables> tools, boolean dropsInvalid, LoopbackRouting loopback) {
        this.flavour = flavour;
        this.tools = tools;
        this.dropsInvalid = dropsInvalid;
        this.loopback = loopback;
        this.watch = new TableWatch(flavour, LOOK);
    }

    /** @param dropsInvalid whether forwarded packets that connection tracking cannot make sense of are dropped */
    static ModeResult open(boolean dropsInvalid, LoopbackRouting loopback) {
        Flavour flavour = Flavours.inUse();
        List<Iptables> tools = Flavours.tools(flavour);
        return tools.isEmpty()
                ? new ModeResult.Missing("there is no iptables-restore of flavour " + flavour + " on this machine")
                : new ModeResult.Opened(new IptablesMode(flavour, tools, dropsInvalid, loopback));
    }

    @Override
    public String name() {
        return "iptables";
    }

    @Override
    public String description() {
        return "flavour " + flavour + (tools.size() == 1 ? ", one family" : "");
    }

    @Override
    public ModeRules rules() {
        return ModeRules.IPTABLES;
    }

    @Override
    public RuleKind kind() {
        return RuleKind.of(flavour);
    }

    @Override
    public Dataplane dataplane() {
        return new IptablesDataplane(tools, dropsInvalid, loopback);
    }

    @Override
    public Runnable watch(Runnable onForeignChange) {
        return watch.start(onForeignChange);
    }

    @Override
    public void stepped() {
        watch.remember();
    }

    @Override
    public boolean removeRules() {
        boolean found = false;
        for (Iptables family : tools) {
            found |= IptablesDataplane.cleanup(family);
        }
        return found;
    }

    @Override
    public void retire() {
        removeRules();
    }

    @Override
    public void close() {}
}
