package io.fairlead.kernel.route;

/**
 * A network interface as the kernel reports it.
 *
 * <p>Immutable.
 *
 * @param index unique within its namespace
 * @param kind {@code veth}, {@code bridge}, {@code dummy} ...; empty for hardware and loopback
 * @param flags IFF_* of linux/if.h
 * @param mtu in bytes
 * @param master index of the bridge that it is a port of, 0 if none
 * @param mac the link's own address
 */
public record Link(int index, String name, String kind, int flags, int mtu, int master, MacAddress mac) {

    private static final int IFF_UP = 1;
    private static final int IFF_LOOPBACK = 1 << 3;
    private static final int IFF_LOWER_UP = 1 << 16;

    /** Whether an administrator wants it up. */
    public boolean isUp() {
        return (flags & IFF_UP) != 0;
    }

    /** Whether the medium is there: a veth has it when its peer is up. */
    public boolean hasCarrier() {
        return (flags & IFF_LOWER_UP) != 0;
    }

    public boolean isLoopback() {
        return (flags & IFF_LOOPBACK) != 0;
    }
}
