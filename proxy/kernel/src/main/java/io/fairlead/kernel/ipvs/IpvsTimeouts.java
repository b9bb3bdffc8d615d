package io.fairlead.kernel.ipvs;

/**
 * After how much silence IPVS forgets a connection, in seconds. In what is written, 0 leaves a value as it is.
 *
 * <p>Immutable.
 *
 * @param tcpSeconds of an established connection
 * @param tcpFinSeconds of one that has seen a FIN
 */
public record IpvsTimeouts(int tcpSeconds, int tcpFinSeconds, int udpSeconds) {

    /** Written, it leaves all as they are. */
    public static final IpvsTimeouts UNCHANGED = new IpvsTimeouts(0, 0, 0);
}
