package io.fairlead.kernel.ipvs;

/**
 * Where a virtual server sends connections.
 *
 * <p>What is read back equals what was written, so the two can be compared.
 *
 * <p>Immutable.
 *
 * @param forwarding how packets get there: IP_VS_CONN_F_* of linux/ip_vs.h, see {@link #MASQUERADE}
 * @param weight its share of new connections, for schedulers that weigh; 0 for none, but those that are there go on
 * @param upperThreshold at so many connections it gets no new ones, 0 for no limit
 * @param lowerThreshold until it has fewer than so many again, 0 for three quarters of the upper one
 */
public record RealServer(RealServerKey key, int forwarding, int weight, int upperThreshold, int lowerThreshold) {

    /** IP_VS_CONN_F_MASQ: the destination address is translated. The only one that translates ports. */
    public static final int MASQUERADE = 0;
    /** IP_VS_CONN_F_TUNNEL. */
    public static final int TUNNEL = 2;

    /** IP_VS_CONN_F_FWD_MASK. */
    private static final int FORWARDING_MAX = 7;

    /** @throws IllegalArgumentException if there is no such forwarding; weight and thresholds the kernel judges */
    public RealServer {
        if (forwarding < 0 || forwarding > FORWARDING_MAX) {
            throw new IllegalArgumentException("no forwarding " + forwarding);
        }
    }

    /** By translation of its address, without thresholds. */
    public static RealServer of(RealServerKey key, int weight) {
        return new RealServer(key, MASQUERADE, weight, 0, 0);
    }

    /** The same one with another weight. */
    public RealServer withWeight(int other) {
        return new RealServer(key, forwarding, other, upperThreshold, lowerThreshold);
    }
}
