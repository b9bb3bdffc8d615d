package io.fairlead.ingress.route;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the routes of a request's host: those of its name, else those of a wildcard for its first label, else
 * those of
 * any host (Ingress v1: a precise host beats a wildcard).
 *
 * <p>Immutable.
 */
final class HostIndex {

    private final ByteKeys<HostRoutes> names;
    private final ByteKeys<HostRoutes> suffixes;
    private final HostRoutes any;

    /** @param hosts made with the same seed */
    HostIndex(Collection<HostRoutes> hosts, long seed) {
        names = new ByteKeys<>(seed, true, hosts.size());
        suffixes = new ByteKeys<>(seed, true, 0);
        HostRoutes forAny = null;
        for (HostRoutes routes : hosts) {
            switch (routes.host()) {
                case HostMatch.Exact ignored -> names.add(routes.entry());
                case HostMatch.OneLabel ignored -> suffixes.add(routes.entry());
                case HostMatch.Any ignored -> forAny = routes;
            }
        }
        any = forAny != null ? forAny : new HostRoutes(HostMatch.ANY, List.of(), seed);
    }

    /** What a host's routes are kept under: the name, or what is behind the wildcard. */
    static ByteKeys.Entry<HostRoutes> entry(HostMatch host, HostRoutes routes, long seed) {
        String key = switch (host) {
            case HostMatch.Exact exact -> exact.text();
            case HostMatch.OneLabel wildcard -> wildcard.suffix();
            case HostMatch.Any ignored -> "";
        };
        return new ByteKeys<HostRoutes>(seed, true, 0).entry(key.getBytes(StandardCharsets.US_ASCII), routes);
    }

    /** Hot path: the routes of the most specific host that a request's is one of. */
    HostRoutes find(byte[] text, int from, int to) {
        HostRoutes found = names.find(text, from, to);
        if (found == null && !suffixes.isEmpty()) {
            int dot = from;
            while (dot < to && text[dot] != '.') {
                dot++;
            }
            found = dot < to ? suffixes.find(text, dot + 1, to) : null;
        }
        return found != null ? found : any;
    }

    @Nullable
    HostRoutes named(byte[] name) {
        return names.find(name, 0, name.length);
    }

    /** The routes of the wildcard that stands for the label before {@code suffix}. */
    @Nullable
    HostRoutes below(byte[] name, int suffix) {
        return suffixes.find(name, suffix, name.length);
    }

    HostRoutes any() {
        return any;
    }
}
