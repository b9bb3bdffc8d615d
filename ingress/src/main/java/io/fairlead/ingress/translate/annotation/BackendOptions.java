package io.fairlead.ingress.translate.annotation;

/**
 * What one Ingress says of connections to its backends.
 *
 * <p>Immutable.
 *
 * @param verify whether the certificate of a backend with TLS is checked
 * @param serverName that it must hold, and that is sent as SNI; empty for the Service's own
 * @param authoritySecret whose {@code ca.crt} has signed it, in the object's namespace; empty for the platform's
 */
public record BackendOptions(Protocol protocol, boolean verify, String serverName, String authoritySecret) {

    public static final BackendOptions DEFAULT = new BackendOptions(Protocol.OF_SERVICE, false, "", "");

    /**
     * How backends are spoken to.
     *
     * <p>Immutable.
     */
    public enum Protocol {
        /** As the Service's {@code appProtocol} says, else HTTP. */
        OF_SERVICE,
        HTTP,
        HTTPS,
        /** HTTP/2 without TLS; so is GRPC. */
        H2C,
        /** HTTP/2 with TLS; so is GRPCS. */
        H2
    }
}
