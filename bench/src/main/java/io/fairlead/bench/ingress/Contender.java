package io.fairlead.bench.ingress;

/**
 * A proxy that takes part in a comparison, and where it listens.
 *
 * <p>Immutable.
 */
public enum Contender {
    FAIRLEAD("Fairlead", 8080, 8443, 8080),
    NGINX("nginx", 8081, 8444, 8082),
    HAPROXY("HAProxy", 8083, 8445, 8084);

    /** Where all of them listen and connect to. */
    public static final String ADDRESS = "127.0.0.1";

    private final String label;
    private final int plainPort;
    private final int securePort;
    private final int http2Port;

    Contender(String label, int plainPort, int securePort, int http2Port) {
        this.label = label;
        this.plainPort = plainPort;
        this.securePort = securePort;
        this.http2Port = http2Port;
    }

    /** Its name for people. */
    public String label() {
        return label;
    }

    /** HTTP/1.1 without TLS. */
    public int plainPort() {
        return plainPort;
    }

    /** HTTP/1.1 with TLS. */
    public int securePort() {
        return securePort;
    }

    /** HTTP/2 with prior knowledge (RFC 9113, section 3.3), without TLS. */
    public int http2Port() {
        return http2Port;
    }
}
