package io.fairlead.ingress.route.policy;

/**
 * How a group's endpoints are spoken to.
 *
 * <p>Immutable.
 *
 * @param tls {@link BackendTls.Off} exactly if the protocol is one without TLS
 */
public record BackendConnection(Protocol protocol, BackendTls tls) {

    public static final BackendConnection DEFAULT = new BackendConnection(Protocol.HTTP1, new BackendTls.Off());

    public BackendConnection {
        if (protocol.tls() == tls instanceof BackendTls.Off) {
            throw new IllegalArgumentException(
                    "backend protocol " + protocol + (protocol.tls() ? " needs" : " has no") + " settings of TLS");
        }
    }

    /**
     * The protocol; gRPC is one of the two of HTTP/2.
     *
     * <p>Immutable.
     */
    public enum Protocol {
        HTTP1(false, false),
        /** HTTP/2 without TLS, by prior knowledge (RFC 9113, section 3.3). */
        H2C(false, true),
        /** HTTP/1.1 over TLS. */
        HTTPS(true, false),
        /** HTTP/2 over TLS, asked for by ALPN (RFC 9113, section 3.2). */
        H2_TLS(true, true);

        private final boolean tls;
        private final boolean http2;

        Protocol(boolean tls, boolean http2) {
            this.tls = tls;
            this.http2 = http2;
        }

        public boolean tls() {
            return tls;
        }

        public boolean http2() {
            return http2;
        }
    }
}
