package io.fairlead.lab.traffic;

/**
 * What the pods of a lab serve.
 *
 * <p>Immutable.
 */
public enum Transport {
    /** HTTP/1.1 over TCP. */
    HTTP("TCP", 8080),
    /** A datagram for a datagram. */
    UDP("UDP", 5353);

    private final String protocol;
    private final int podPort;

    Transport(String protocol, int podPort) {
        this.protocol = protocol;
        this.podPort = podPort;
    }

    /** As Kubernetes calls it. */
    public String protocol() {
        return protocol;
    }

    /** Where every pod listens. */
    public int podPort() {
        return podPort;
    }
}
