package io.fairlead.ingress.resource;

import java.util.List;

/**
 * One entry of {@code spec.tls}.
 *
 * <p>Immutable.
 *
 * @param hosts as they are written; none for those of the object's rules
 * @param secretName in the object's namespace; empty to say only that the hosts are reached over TLS
 */
public record IngressTls(List<String> hosts, String secretName) {

    public IngressTls {
        hosts = List.copyOf(hosts);
    }
}
