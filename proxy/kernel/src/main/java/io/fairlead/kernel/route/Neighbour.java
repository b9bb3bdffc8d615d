package io.fairlead.kernel.route;

import java.net.InetAddress;

/**
 * An entry of the ARP or NDP table.
 *
 * <p>Immutable.
 *
 * @param link index of the link
 * @param mac {@link MacAddress#NONE} while it is not known
 * @param state NUD_* of linux/neighbour.h
 */
public record Neighbour(int link, InetAddress address, MacAddress mac, int state) {

    /** Does not age and is not asked for again. */
    public static final int PERMANENT = 0x80;
}
