package io.fairlead.ingress.tls;

import io.fairlead.ingress.route.ByteKeys;
import io.fairlead.ingress.route.HostMatch;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
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

    /**
     * A host with its key, which tables of one seed share.
     *
     * <p>Immutable.
     */
    record Host<P>(HostMatch match, HostTls<P> tls, Entry<P> entry, ByteKeys.Entry<Entry<P>> key) {

        static <P> Host<P> of(HostMatch match, HostTls<P> tls, Entry<P> entry, long seed) {
            String text = switch (match) {
                case HostMatch.Exact exact -> exact.text();
                case HostMatch.OneLabel wildcard -> wildcard.suffix();
                case HostMatch.Any ignored ->
                    throw new IllegalArgumentException("the certificate for any host is the default one");
            };
            return new Host<>(
                    match,
                    tls,
                    entry,
                    new ByteKeys<Entry<P>>(seed, true, 0).entry(text.getBytes(StandardCharsets.US_ASCII), entry));
        }
    }

    /** @param hosts made with the same seed */
    CertificateTable(ServedCertificates defaults, Collection<Host<P>> hosts, long seed) {
        this.defaults = new Terminate<>(defaults);
        names = new ByteKeys<>(seed, true, hosts.size());
        suffixes = new ByteKeys<>(seed, true, 0);
        for (Host<P> host : hosts) {
            (host.match() instanceof HostMatch.OneLabel ? suffixes : names).add(host.key());
        }
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
