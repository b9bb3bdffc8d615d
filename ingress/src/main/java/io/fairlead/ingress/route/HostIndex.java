package io.fairlead.ingress.route;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the routes of a request's host: those of its name, else those of a wildcard for its first label, else those of
 * any host (Ingress v1: a precise host beats a wildcard). The name is hashed from its end, so that the hash of each suffix
 * is passed on the way, and one pass serves name and wildcard.
 *
 * <p>Immutable.
 */
final class HostIndex {

    private final int seed;
    private final ByteKeys<HostRoutes> names;
    private final ByteKeys<HostRoutes> suffixes;
    private final HostRoutes any;

    HostIndex(Collection<HostRoutes> hosts, int seed) {
        this.seed = seed;
        names = new ByteKeys<>(hosts.size());
        suffixes = new ByteKeys<>(0);
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

    /** Hot path: the routes of the most specific host that a request's is one of. */
    HostRoutes find(byte[] text, int from, int to) {
        int hash = seed;
        int dot = to;
        int suffixHash = 0;
        for (int i = to - 1; i >= from; i--) {
            byte b = ByteKeys.lowerCase(text[i]);
            if (b == '.') {
                dot = i;
                suffixHash = hash;
            }
            hash = ByteKeys.step(hash, b);
        }
        HostRoutes found = names.findLowerCase(text, from, to, ByteKeys.finish(hash));
        if (found == null && dot > from && dot < to) {
            found = suffixes.findLowerCase(text, dot + 1, to, ByteKeys.finish(suffixHash));
        }
        return found != null ? found : any;
    }

    @Nullable
    HostRoutes named(byte[] name) {
        return names.findLowerCase(name, 0, name.length, hash(name, 0, seed));
    }

    /** The routes of the wildcard that stands for the label before {@code suffix}. */
    @Nullable
    HostRoutes below(byte[] name, int suffix) {
        return suffixes.findLowerCase(name, suffix, name.length, hash(name, suffix, seed));
    }

    HostRoutes any() {
        return any;
    }

    /** What hosts are kept under: the name, or what is behind a wildcard. */
    static ByteKeys.Entry<HostRoutes> entry(HostMatch host, HostRoutes routes, int seed) {
        String name = switch (host) {
            case HostMatch.Exact exact -> exact.text();
            case HostMatch.OneLabel wildcard -> wildcard.suffix();
            case HostMatch.Any ignored -> "";
        };
        byte[] key = name.getBytes(StandardCharsets.US_ASCII);
        return new ByteKeys.Entry<>(key, hash(key, 0, seed), routes);
    }

    private static int hash(byte[] name, int from, int seed) {
        int hash = seed;
        for (int i = name.length - 1; i >= from; i--) {
            hash = ByteKeys.step(hash, ByteKeys.lowerCase(name[i]));
        }
        return ByteKeys.finish(hash);
    }
}
