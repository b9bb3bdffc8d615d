package io.fairlead.ingress.program;

import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.ingress.destination.DestinationPolicy;
import io.fairlead.ingress.proxy.ProxySettings;
import io.fairlead.ingress.proxy.front.TrustedProxies;
import io.fairlead.ingress.resource.IngressBackend;
import io.fairlead.ingress.tls.TlsSettings;
import io.fairlead.ingress.translate.IngressSettings;
import io.fairlead.runtime.options.Arguments;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a command line means for each part.
 *
 * <p>Immutable: pure functions, but for the node's addresses.
 */
final class OperatorSettings {

    private OperatorSettings() {}

    static IngressSettings translation(Arguments arguments) {
        IngressSettings base = IngressSettings.DEFAULT;
        return new IngressSettings(
                new IngressSettings.Classes(
                        base.classes().controller(),
                        arguments.value(IngressOptions.CLASS),
                        arguments.value(IngressOptions.WITHOUT_CLASS)),
                base.policy(),
                base.redirects(),
                arguments
                        .find(IngressOptions.DEFAULT_BACKEND)
                        .map(OperatorSettings::defaultBackend)
                        .orElse(base.defaultBackend()),
                new IngressSettings.Endpoints(
                        base.endpoints().families(),
                        base.endpoints().zone(),
                        arguments.value(IngressOptions.EXTERNAL_NAMES)));
    }

    /** @param text {@code namespace/service:port}, as the option has accepted it */
    private static IngressSettings.DefaultBackend defaultBackend(String text) {
        int slash = text.indexOf('/');
        int colon = text.indexOf(':');
        String port = text.substring(colon + 1);
        String service = text.substring(slash + 1, colon);
        boolean number = port.matches("[0-9]+");
        return new IngressSettings.DefaultBackend(
                text.substring(0, slash),
                new IngressBackend.OfService(service, number ? "" : port, number ? Integer.parseInt(port) : 0));
    }

    static TlsSettings tls(Arguments arguments) {
        TlsSettings base = TlsSettings.DEFAULT;
        return new TlsSettings(
                arguments.value(IngressOptions.TLS_POLICY),
                base.provider(),
                base.http2(),
                base.tickets(),
                arguments.value(IngressOptions.REFUSE_UNKNOWN),
                base.handshakeTimeoutMillis());
    }

    static ProxySettings proxy(Arguments arguments) {
        return ProxySettings.DEFAULT.trusting(new TrustedProxies(arguments.value(IngressOptions.TRUSTED)));
    }

    static int loops(Arguments arguments) {
        return arguments
                .find(IngressOptions.LOOPS)
                .orElseGet(() -> Runtime.getRuntime().availableProcessors());
    }

    /**
     * Where nobody may send the proxy, as of the moment at which it is asked. The node's addresses are those that the
     * program sees, and those of the Node that it runs on: in a Pod's network it sees only its own.
     */
    static Supplier<DestinationPolicy> destinations(Arguments arguments, Supplier<ClusterSnapshot> snapshot) {
        NodeAddresses seen = new NodeAddresses();
        Set<Integer> ports = Stream.of(IngressOptions.HTTP, IngressOptions.HTTPS, IngressOptions.PAGES)
                .map(arguments::value)
                .flatMap(Optional::stream)
                .map(InetSocketAddress::getPort)
                .collect(Collectors.toUnmodifiableSet());
        return () -> {
            Set<IpAddress> addresses = new HashSet<>(seen.current());
            arguments
                    .find(IngressOptions.NODE_NAME)
                    .map(name -> snapshot.get().nodes().get(name))
                    .ifPresent(node -> {
                        addresses.addAll(node.internalIps());
                        addresses.addAll(node.externalIps());
                    });
            return new DestinationPolicy(addresses, ports, arguments.value(IngressOptions.ALLOWED));
        };
    }
}
