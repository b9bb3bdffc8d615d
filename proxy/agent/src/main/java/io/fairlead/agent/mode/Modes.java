package io.fairlead.agent.mode;

import io.fairlead.agent.config.ProxyMode;
import io.fairlead.agent.dataplane.LoopbackRouting;
import io.fairlead.kernel.KernelException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Opens the mode that the operator asked for, and clears away what other modes of ours left.
 *
 * <p>Confined to the main thread, but for what its methods say.
 */
public final class Modes {

    private static final Logger LOG = System.getLogger(Modes.class.getName());

    private final boolean dropsInvalid;
    private final LoopbackRouting loopback;

    /** @param dropsInvalid for mode iptables: whether packets that connection tracking cannot place are dropped */
    public Modes(boolean dropsInvalid, LoopbackRouting loopback) {
        this.dropsInvalid = dropsInvalid;
        this.loopback = loopback;
    }

    /** Auto takes the first that this machine can do, in the order of how little a change costs. */
    public ModeResult open(ProxyMode asked) {
        return switch (asked) {
            case NFTABLES -> NftablesMode.open(loopback);
            case IPTABLES -> openIptables();
            case AUTO -> openBest();
            case EBPF, IPVS -> {
                LOG.log(Level.WARNING, "mode {0} is not there yet: the best of the others serves instead", asked);
                yield openBest();
            }
        };
    }

    /** A configuration of kube-proxy may ask for it where its tools are not installed. */
    private ModeResult openIptables() {
        ModeResult result = IptablesMode.open(dropsInvalid, loopback);
        if (result instanceof ModeResult.Missing(String reason)) {
            LOG.log(
                    Level.WARNING,
                    "mode iptables: {0}; nftables serves instead, NodePorts on primary addresses and loopback",
                    reason);
            return NftablesMode.open(loopback);
        }
        return result;
    }

    private ModeResult openBest() {
        switch (NftablesMode.open(loopback)) {
            case ModeResult.Opened opened -> {
                LOG.log(Level.INFO, "mode auto: nftables, which this kernel has all of");
                return opened;
            }
            case ModeResult.Missing(String reason) -> {
                ModeResult iptables = IptablesMode.open(dropsInvalid, loopback);
                if (iptables instanceof ModeResult.Missing(String other)) {
                    return new ModeResult.Missing(reason + "; and " + other);
                }
                LOG.log(Level.INFO, "mode auto: iptables, since for nftables {0}", reason);
                return iptables;
            }
        }
    }

    /**
     * What a removal came to.
     *
     * <p>Immutable.
     *
     * @param removed for people
     * @param left what could not be removed, and why
     */
    public record Cleared(List<String> removed, List<String> left) {

        private void attempt(RuleKind kind) {
            try {
                if (kind.remove()) {
                    removed.add(kind.toString());
                }
            } catch (KernelException e) {
                left.add(kind + ": " + e.getMessage());
            }
        }
    }

    /** Removes what agents wrote in other modes than this one, each kind of rules for itself. By any thread. */
    public static Cleared removeOthers(ServingMode mode) {
        return remove(EnumSet.complementOf(EnumSet.of(mode.kind())));
    }

    /** Removes what agents wrote, in whatever mode. By any thread. */
    public static Cleared removeAll() {
        return remove(EnumSet.allOf(RuleKind.class));
    }

    private static Cleared remove(Set<RuleKind> kinds) {
        Cleared cleared = new Cleared(new ArrayList<>(), new ArrayList<>());
        kinds.forEach(cleared::attempt);
        return cleared;
    }
}
