package io.fairlead.agent.config;

import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormats;
import java.time.Duration;
import java.util.List;

/**
 * kube-proxy's flags for its mode ipvs, which mean the same here.
 *
 * <p>Immutable: constants and pure functions.
 */
public final class IpvsFlags {

    public static final Option<IpvsScheduler> SCHEDULER = Option.of(
                    "--ipvs-scheduler",
                    "NAME",
                    ValueFormats.of(
                            "a scheduler of IPVS, for example rr, or mh,mh-fallback,mh-port", IpvsScheduler::parse),
                    "how a server is chosen, for the mode ipvs")
            .orElse("rr");
    public static final Option<List<IpPrefix>> EXCLUDE_CIDRS = Option.list(
            "--ipvs-exclude-cidrs",
            "CIDR",
            FlagFormats.range(),
            "where virtual servers of others stay theirs, for the mode ipvs");
    public static final Option<Boolean> STRICT_ARP =
            Option.flag("--ipvs-strict-arp", "answer ARP for a link's own addresses only, for the mode ipvs");
    public static final Option<Duration> TCP = timeout("--ipvs-tcp-timeout", "established");
    public static final Option<Duration> TCP_FIN = timeout("--ipvs-tcpfin-timeout", "half-closed");
    public static final Option<Duration> UDP = timeout("--ipvs-udp-timeout", "UDP");

    /** In the order in which help shows them. */
    public static final List<Option<?>> ALL = List.of(SCHEDULER, EXCLUDE_CIDRS, STRICT_ARP, TCP, TCP_FIN, UDP);

    private IpvsFlags() {}

    /** The time-outs that a command line asks for. */
    public static IpvsTimeouts timeouts(Arguments arguments) {
        return new IpvsTimeouts(seconds(arguments, TCP), seconds(arguments, TCP_FIN), seconds(arguments, UDP));
    }

    private static int seconds(Arguments arguments, Option<Duration> option) {
        return Math.toIntExact(arguments.value(option).toSeconds());
    }

    private static Option<Duration> timeout(String name, String what) {
        return Option.of(
                        name,
                        "TIME",
                        FlagFormats.period(),
                        "silence that ends " + what + " connections, 0s for the kernel's own, for the mode ipvs")
                .orElse("0s");
    }
}
