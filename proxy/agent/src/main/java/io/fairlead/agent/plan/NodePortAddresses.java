package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The operator's choice of addresses on which NodePorts are served ({@code nodePortAddresses} of kube-proxy).
 *
 * <p>Nothing given means the primary addresses and loopback, and in modes that have it so all; a list is obeyed exactly.
 *
 * <p>Immutable.
 *
 * @param given whether there is a list
 * @param primary the first InternalIP of each family
 * @param loopback 127.0.0.1 and ::1
 * @param ranges addresses of interfaces that lie in one of these
 * @param barsLoopback whether loopback is left out, whatever else is said
 */
public record NodePortAddresses(
        boolean given, boolean primary, boolean loopback, List<IpPrefix> ranges, boolean barsLoopback) {

    /** Nothing given. */
    public static final NodePortAddresses DEFAULT = new NodePortAddresses(false, true, true, List.of(), false);

    /** All addresses of the node. */
    public static final NodePortAddresses EVERYWHERE = parse(List.of("all"));

    public NodePortAddresses {
        ranges = List.copyOf(ranges);
    }

    /** A list. */
    public NodePortAddresses(boolean primary, boolean loopback, List<IpPrefix> ranges) {
        this(true, primary, loopback, ranges, false);
    }

    /**
     * Parses the entries: {@code primary}, {@code localhost}, {@code all} or a CIDR.
     *
     * @throws IllegalArgumentException naming the entry that is none of these
     */
    public static NodePortAddresses parse(List<String> entries) {
        if (entries.isEmpty()) {
            return DEFAULT;
        }
        boolean primary = false;
        boolean loopback = false;
        List<IpPrefix> ranges = new ArrayList<>();
        for (String entry : entries) {
            switch (entry) {
                case "primary" -> primary = true;
                case "localhost" -> loopback = true;
                case "all" -> {
                    ranges.add(new IpPrefix(Addresses.any(IpFamily.IPV4), 0));
                    ranges.add(new IpPrefix(Addresses.any(IpFamily.IPV6), 0));
                }
                default -> ranges.add(parseRange(entry));
            }
        }
        return new NodePortAddresses(primary, loopback, ranges);
    }

    /** The same with {@code iptables.localhostNodePorts} false: how far that goes, the mode says. */
    public NodePortAddresses withoutLoopback() {
        return barring(true);
    }

    private NodePortAddresses barring(boolean bars) {
        return new NodePortAddresses(given, primary, loopback, ranges, bars);
    }

    /** Where a mode serves that has NodePorts everywhere unless told otherwise, if it does. */
    NodePortAddresses servedBy(ModeRules mode) {
        boolean everywhere = !given && mode.nodePortsEverywhere();
        return (everywhere ? EVERYWHERE.barring(barsLoopback) : this).in(mode);
    }

    /**
     * The same in a mode. kube-proxy bars loopback in mode iptables, and never has it in mode ipvs. In mode nftables a list
     * alone decides.
     */
    NodePortAddresses in(ModeRules mode) {
        return barring(barsLoopback && (!given || mode.nodePortsEverywhere()));
    }

    private static IpPrefix parseRange(String entry) {
        try {
            return IpPrefix.parse(entry);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + " (accepted: primary, localhost, all, or a CIDR)", e);
        }
    }

    /**
     * The addresses that the kernel serves, sorted. IPv6 loopback is left out: the kernel never routes from ::1, see
     * {@link #servesLoopbackV6}.
     *
     * @param primaries the node's primary addresses
     * @param onInterfaces every address found on an interface
     */
    public List<IpAddress> resolve(List<IpAddress> primaries, Collection<IpAddress> onInterfaces) {
        TreeSet<IpAddress> eligible = new TreeSet<>();
        if (primary) {
            eligible.addAll(primaries);
        }
        if (loopback) {
            eligible.add(Addresses.LOOPBACK_V4);
        }
        for (IpAddress address : onInterfaces) {
            boolean zoned = address.family() == IpFamily.IPV6 && address.isLinkLocal();
            if (!zoned && inRange(address)) {
                eligible.add(address);
            }
        }
        eligible.remove(Addresses.LOOPBACK_V6);
        if (barsLoopback) {
            eligible.removeIf(IpAddress::isLoopback);
        }
        return List.copyOf(eligible);
    }

    /** Whether nothing was given, or all: then what listens itself, as health checks do, listens on every address. */
    public boolean isEverywhere() {
        return !given
                || ranges.contains(new IpPrefix(Addresses.any(IpFamily.IPV4), 0))
                        && ranges.contains(new IpPrefix(Addresses.any(IpFamily.IPV6), 0));
    }

    /** Whether [::1] is to be served, which only a relay in user space can do. */
    public boolean servesLoopbackV6() {
        return !barsLoopback && (loopback || inRange(Addresses.LOOPBACK_V6));
    }

    private boolean inRange(IpAddress address) {
        for (IpPrefix range : ranges) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
