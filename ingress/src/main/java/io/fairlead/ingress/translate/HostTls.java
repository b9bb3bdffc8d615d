package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.BackendGroup;
import java.util.List;

/**
 * Who answers the TLS handshakes for a host.
 *
 * <p>Immutable.
 */
public sealed interface HostTls {

    /** The Ingress that said so. */
    ObjectName ingress();

    /**
     * The proxy, with a certificate of one of these Secrets: the first that suits the client.
     *
     * @param secrets in the order of the Ingress; none for the default certificate
     */
    record Certificates(List<ObjectName> secrets, ObjectName ingress) implements HostTls {

        public Certificates {
            secrets = List.copyOf(secrets);
        }
    }

    /** A backend: the proxy passes the bytes on. */
    record Passthrough(BackendGroup backend, ObjectName ingress) implements HostTls {}
}
