package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.PathMatch;
import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.route.policy.BackendTls;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.PathRewrite;
import io.fairlead.ingress.route.policy.RequestEdits;
import io.fairlead.ingress.translate.annotation.BackendOptions;
import io.fairlead.ingress.translate.annotation.IngressOptions;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The policies of one Ingress's routes: what its options say, with the path's rewrite and the backend's connection. Routes
 * with the same share one.
 *
 * <p>Confined to the translator's thread.
 */
final class ForwardPolicies {

    private static final PathRewrite KEEP = new PathRewrite.Keep();

    private final IngressOptions options;
    private final Map<Key, ForwardPolicy> made = new HashMap<>();

    /**
     * In what routes of one Ingress may differ.
     *
     * <p>Immutable.
     */
    private record Key(PathRewrite rewrite, BackendConnection connection) {}

    ForwardPolicies(IngressOptions options) {
        this.options = options;
    }

    ForwardPolicy of(PathMatch path, ServicePorts.Found.Port port) {
        PathRewrite rewrite = rewrite(path);
        BackendConnection connection = connection(port);
        if (rewrite.equals(KEEP) && connection.equals(options.policy().connection())) {
            return options.policy();
        }
        return made.computeIfAbsent(new Key(rewrite, connection), key -> {
            RequestEdits edits = options.policy().request();
            return options.policy()
                    .withRequest(new RequestEdits(key.rewrite, edits.host(), edits.headers()))
                    .withConnection(key.connection);
        });
    }

    /** An exact path is all of what its prefix would be. */
    private PathRewrite rewrite(PathMatch path) {
        return switch (path) {
            case PathMatch.Prefix ignored -> options.rewrite();
            case PathMatch.Exact ignored ->
                options.rewrite() instanceof PathRewrite.Prefix(String prefix)
                        ? new PathRewrite.Whole(prefix)
                        : options.rewrite();
            case PathMatch.Everything ignored -> KEEP;
        };
    }

    private BackendConnection connection(ServicePorts.Found.Port port) {
        BackendConnection.Protocol protocol = protocol(port.protocol());
        return protocol.tls()
                ? new BackendConnection(protocol, tls(port))
                : new BackendConnection(protocol, new BackendTls.Off());
    }

    private BackendConnection.Protocol protocol(String appProtocol) {
        return switch (options.backend().protocol()) {
            case OF_SERVICE -> ofService(appProtocol);
            case HTTP -> BackendConnection.Protocol.HTTP1;
            case HTTPS -> BackendConnection.Protocol.HTTPS;
            case H2C -> BackendConnection.Protocol.H2C;
            case H2 -> BackendConnection.Protocol.H2_TLS;
        };
    }

    /** The names of KEP-3726, and those that are in use beside them. An unknown one says nothing of HTTP. */
    private static BackendConnection.Protocol ofService(String appProtocol) {
        return switch (appProtocol.toLowerCase(Locale.ROOT)) {
            case "https", "kubernetes.io/wss" -> BackendConnection.Protocol.HTTPS;
            case "kubernetes.io/h2c", "grpc" -> BackendConnection.Protocol.H2C;
            case "grpcs" -> BackendConnection.Protocol.H2_TLS;
            default -> BackendConnection.Protocol.HTTP1;
        };
    }

    private BackendTls tls(ServicePorts.Found.Port port) {
        BackendOptions backend = options.backend();
        ObjectName service = port.group().service();
        String name = backend.serverName();
        if (name.isEmpty()) {
            String external = HostNames.normal(port.externalName());
            name = external.isEmpty() ? service.name() + "." + service.namespace() + ".svc" : external;
        }
        if (!backend.verify()) {
            return new BackendTls.Unverified(name);
        }
        BackendTls.Authority authority = backend.authoritySecret().isEmpty()
                ? new BackendTls.Authority.WellKnown()
                : new BackendTls.Authority.OfSecret(new ObjectName(service.namespace(), backend.authoritySecret()));
        return new BackendTls.Verified(name, authority);
    }
}
