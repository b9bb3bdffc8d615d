package io.fairlead.ingress.tls;

import io.fairlead.ingress.route.ByteKeys;
import io.fairlead.ingress.route.HostMatch;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Finds what is done with a connection by the name that its client asks for: an exact name first, then a wildcard for
 * its first label, then the default certificates.
 *
 * <p>Immutable.
 */
final class CertificateTable<P> {

    private final Entry<P> defaults;
    private final ByteKeys<Entry<P>> names;
    private final ByteKeys<Entry<P>> suffixes;

    /**
     * What is done for a name.
     *
     * <p>Immutable.
     */
    sealed interface Entry<P> {}

    /** TLS ends here. */
    record Terminate<P>(ServedCertificates certificates) implements Entry<P> {}

    /** It ends at a backend. */
    record PassThrough<P>(P backend) implements Entry<P> {}

    CertificateTable(ServedCertificates defaults, Map<HostMatch, Entry<P>> hosts) {
        this.defaults = new Terminate<>(defaults);
        long seed = new SplittableRandom().nextLong();
        names = new ByteKeys<>(seed, true, hosts.size());
        suffixes = new ByteKeys<>(seed, true, 0);
        hosts.forEach((host, entry) -> {
            switch (host) {
                case HostMatch.Exact exact -> names.add(names.entry(ascii(exact.text()), entry));
                case HostMatch.OneLabel wildcard -> suffixes.add(suffixes.entry(ascii(wildcard.suffix()), entry));
                case HostMatch.Any ignored -> throw new IllegalArgumentException("any host has the default entry");
            }
        });
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    Entry<P> defaults() {
        return defaults;
    }

    /** Hot path: the entry that was given for a host, in any case; nothing if the default ones are for it. */
    @Nullable
    Entry<P> find(byte[] host, int from, int to) {
        Entry<P> found = names.find(host, from, to);
        if (found == null && !suffixes.isEmpty()) {
            int dot = from;
            while (dot < to && host[dot] != '.') {
                dot++;
            }
            found = dot > from && dot < to ? suffixes.find(host, dot + 1, to) : null;
        }
        return found;
    }
}
