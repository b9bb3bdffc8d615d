package io.fairlead.agent.config;

import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.AgentPolicy.PodDetection;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.runtime.options.Argument;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.Option;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The flags that decide how Services are planned, and the policy that they ask for.
 *
 * <p>Immutable: constants and pure functions.
 */
public final class PolicyFlags {

    public static final Option<Boolean> EXTERNAL_IPS =
            Option.flag("--external-ips", "honour spec.externalIPs of Services").orElse("true");

    private static final List<Argument<?>> ALL = List.of(
            RoutingFlags.NODE_NAME,
            RoutingFlags.DETECT_MODE,
            RoutingFlags.CLUSTER_CIDR,
            RoutingFlags.POD_BRIDGE,
            RoutingFlags.POD_PREFIX,
            RoutingFlags.BIND_ADDRESS,
            RoutingFlags.MASQUERADE_ALL,
            RoutingFlags.MASQUERADE_BIT,
            EXTERNAL_IPS,
            RoutingFlags.NODE_PORT_ADDRESSES,
            RoutingFlags.LOCALHOST_NODE_PORTS);

    private static final int INTERFACE_NAME_MAX = 15;

    private PolicyFlags() {}

    /** The command with all of them, which mean something only beside another option. */
    public static Command beside(Option<?> option, Command command) {
        return in(command)
                .check(
                        List.of(option),
                        arguments -> ALL.stream()
                                .filter(flag -> arguments.isGiven(flag) && !arguments.isGiven(option))
                                .findFirst()
                                .map(flag -> flag.title() + " is for " + option.title()
                                        + " only: the agent of this node has its own"));
    }

    /** The command with all of them. */
    public static Command in(Command command) {
        return check(command.with(ALL.toArray(Argument<?>[]::new)));
    }

    /** A command that has all of them, with the rules about more than one. */
    public static Command check(Command command) {
        return command.check(
                        List.of(RoutingFlags.DETECT_MODE, RoutingFlags.POD_BRIDGE, RoutingFlags.POD_PREFIX),
                        PolicyFlags::detectionComplete)
                .check(List.of(RoutingFlags.CLUSTER_CIDR), PolicyFlags::oneRangePerFamily);
    }

    private static Optional<String> detectionComplete(Arguments arguments) {
        return switch (arguments.value(RoutingFlags.DETECT_MODE)) {
            case BRIDGE_INTERFACE -> interfaceName(arguments, RoutingFlags.POD_BRIDGE);
            case INTERFACE_NAME_PREFIX -> interfaceName(arguments, RoutingFlags.POD_PREFIX);
            case CLUSTER_CIDR, NODE_CIDR -> Optional.empty();
        };
    }

    private static Optional<String> interfaceName(Arguments arguments, Option<String> option) {
        String name = arguments.find(option).orElse("");
        return name.isEmpty() || name.length() > INTERFACE_NAME_MAX
                ? Optional.of(option.title() + ": this --detect-local-mode needs a name of 1 to 15 characters")
                : Optional.empty();
    }

    private static Optional<String> oneRangePerFamily(Arguments arguments) {
        for (IpFamily family : IpFamily.values()) {
            long count = arguments.value(RoutingFlags.CLUSTER_CIDR).stream()
                    .filter(range -> range.family() == family)
                    .count();
            if (count > 1) {
                return Optional.of("--cluster-cidr: at most one CIDR per family");
            }
        }
        return Optional.empty();
    }

    /** The policy that a command line asks for. */
    public static AgentPolicy policy(Arguments arguments) {
        PodDetection detection = switch (arguments.value(RoutingFlags.DETECT_MODE)) {
            case CLUSTER_CIDR -> new PodDetection.ClusterCidr(arguments.value(RoutingFlags.CLUSTER_CIDR));
            case NODE_CIDR -> new PodDetection.NodeCidr();
            case BRIDGE_INTERFACE -> new PodDetection.BridgeInterface(arguments.value(RoutingFlags.POD_BRIDGE));
            case INTERFACE_NAME_PREFIX ->
                new PodDetection.InterfaceNamePrefix(arguments.value(RoutingFlags.POD_PREFIX));
        };
        return new AgentPolicy(
                nodeName(arguments),
                detection,
                arguments.value(RoutingFlags.MASQUERADE_ALL),
                arguments.value(RoutingFlags.MASQUERADE_BIT),
                arguments.value(EXTERNAL_IPS),
                nodePortAddresses(arguments),
                ModeRules.NFTABLES,
                nodeAddresses(arguments));
    }

    private static NodePortAddresses nodePortAddresses(Arguments arguments) {
        NodePortAddresses addresses = NodePortAddresses.parse(arguments.value(RoutingFlags.NODE_PORT_ADDRESSES));
        return arguments.value(RoutingFlags.LOCALHOST_NODE_PORTS) ? addresses : addresses.withoutLoopback();
    }

    private static List<IpAddress> nodeAddresses(Arguments arguments) {
        IpAddress address = arguments.value(RoutingFlags.BIND_ADDRESS);
        return address.isUnspecified() ? List.of() : List.of(address);
    }

    private static String nodeName(Arguments arguments) {
        return arguments
                .find(RoutingFlags.NODE_NAME)
                .orElseGet(PolicyFlags::hostName)
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
