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
import java.util.function.Predicate;

/**
 * Opens the mode that the operator asked for, and clears away what other modes of ours left.
 *
 * <p>Confined to the main thread, but for what its methods say.
 */
public final class Modes {

    private static final Logger LOG = System.getLogger(Modes.class.getName());

    private final ModeOptions options;
    private final LoopbackRouting loopback;

    public Modes(ModeOptions options, LoopbackRouting loopback) {
        this.options = options;
        this.loopback = loopback;
    }

    /**
     * Sets what a mode needs of the kernel, for an agent that may not.
     *
     * @return what could not be set, with the reason
     */
    public List<String> prepare(ProxyMode asked) {
        return asked == ProxyMode.IPVS ? IpvsMode.prepare(options) : List.of();
    }

    /** Auto takes the first that this machine can do, in the order of how little a change costs. */
    public ModeResult open(ProxyMode asked) {
        return switch (asked) {
            case NFTABLES -> NftablesMode.open(loopback);
            case IPTABLES -> openIptables();
            case AUTO -> openBest();
            case IPVS -> IpvsMode.open(options);
            case EBPF -> {
                LOG.log(Level.WARNING, "mode {0} is not there yet: the best of the others serves instead", asked);
                yield openBest();
            }
        };
    }

    /** A configuration of kube-proxy may ask for it where its tools are not installed. */
    private ModeResult openIptables() {
        ModeResult result = IptablesMode.open(options.dropsInvalid(), loopback);
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
                ModeResult iptables = IptablesMode.open(options.dropsInvalid(), loopback);
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

        private void attempt(RuleKind kind, Predicate<RuleKind> removal) {
            try {
                if (removal.test(kind)) {
                    removed.add(kind.toString());
                }
            } catch (KernelException e) {
                left.add(kind + ": " + e.getMessage());
            }
        }
    }

    /**
     * Removes what agents wrote in other modes than this one, each kind of rules for itself; connections of theirs go on.
     * By any thread.
     */
    public static Cleared removeOthers(ServingMode mode) {
        return remove(EnumSet.complementOf(EnumSet.of(mode.kind())), RuleKind::retire);
    }

    /** Whether agents seem to have written something in another mode than this one. By any thread. */
    public static boolean areOthersThere(ServingMode mode) {
        return EnumSet.complementOf(EnumSet.of(mode.kind())).stream().anyMatch(Modes::mayBeThere);
    }

    private static boolean mayBeThere(RuleKind kind) {
        try {
            return kind.isThere();
        } catch (KernelException e) {
            return true;
        }
    }

    /** Removes what agents wrote, in whatever mode. By any thread. */
    public static Cleared removeAll() {
        return remove(EnumSet.allOf(RuleKind.class), RuleKind::remove);
    }

    private static Cleared remove(Set<RuleKind> kinds, Predicate<RuleKind> removal) {
        Cleared cleared = new Cleared(new ArrayList<>(), new ArrayList<>());
        kinds.forEach(kind -> cleared.attempt(kind, removal));
        return cleared;
    }
}
