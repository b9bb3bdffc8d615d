package io.fairlead.ingress.tls;

import java.util.List;

/**
 * What is done with connections for a host.
 *
 * <p>Immutable.
 *
 * @param <P> what those who forward connections know a backend by
 */
public sealed interface HostTls<P> {

    /**
     * TLS ends here.
     *
     * @param certificates at least one; of several with the same type of key, the first counts
     */
    record Terminate<P>(List<ServerCertificate> certificates) implements HostTls<P> {

        public Terminate {
            certificates = List.copyOf(certificates);
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("a host without certificate is not to be given");
            }
        }
    }

    /** The bytes go to a backend as they are; it has the certificate. */
    record PassThrough<P>(P backend) implements HostTls<P> {}

    /** As for any host that nothing is given for; in a change, it takes away what was given. */
    record ByDefault<P>() implements HostTls<P> {}
}
