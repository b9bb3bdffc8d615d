package io.fairlead.ingress.tls;

import io.fairlead.ingress.route.HostMatch;
import java.util.List;
import java.util.Map;

/**
 * Which certificates a listener serves.
 *
 * <p>Immutable.
 *
 * @param defaults for clients that name no host or one that is not among the others; at least one
 * @param hosts names, and wildcards for one label
 */
public record TlsPlan<P>(List<ServerCertificate> defaults, Map<HostMatch, HostTls<P>> hosts) {

    public TlsPlan {
        defaults = List.copyOf(defaults);
        hosts = Map.copyOf(hosts);
        if (defaults.isEmpty()) {
            throw new IllegalArgumentException("a listener needs a default certificate");
        }
        if (hosts.containsKey(HostMatch.ANY)) {
            throw new IllegalArgumentException("the certificate for any host is the default one");
        }
    }
}
