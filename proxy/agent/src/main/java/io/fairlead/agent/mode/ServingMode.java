package io.fairlead.agent.mode;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.plan.ModeRules;

/**
 * The mode that serves, opened in the network namespace of the process.
 *
 * <p>Confined to the main thread, but for what its methods say.
 */
public interface ServingMode extends AutoCloseable {

    /** As kube-proxy's page {@code /proxyMode} says it: {@code nftables}, {@code iptables} or {@code ipvs}. */
    String name();

    /** For the log: what of the machine it uses. */
    String description();

    ModeRules rules();

    /** What its rules are; those of other kinds are leftovers. */
    RuleKind kind();

    /** The data plane; closing it is up to whoever asks. */
    Dataplane dataplane();

    /**
     * Notices what other programs do to our rules.
     *
     * @param onForeignChange called by any thread, possibly more than once for a change
     * @return ends it
     */
    Runnable watch(Runnable onForeignChange);

    /** The loop has compared or changed rules. On the proxy loop's thread. */
    void stepped();

    /**
     * Removes what any agent wrote in this mode.
     *
     * @return whether there was anything
     */
    boolean removeRules();

    /** Another mode of this process serves: what this one wrote goes, its connections go on, and it is closed. */
    void retire();

    /** Gives back what it has opened; the kernel stays as it is. */
    @Override
    void close();
}
