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
    UDP("UDP", 5353),
    /** HTTP/1.1 over TLS, which only an ingress in a pod serves. */
    HTTPS("TCP", 8443);

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

    /** Where pods listen. */
    public int podPort() {
        return podPort;
    }
}
