package io.fairlead.ingress.tls;

import io.fairlead.ingress.route.HostMatch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of one listener: the table that its connections read, and the owner of all contexts in it.
 *
 * <p>A changed plan costs the contexts of what changed in it, and an entry of a map for each host; what did not change is
 * shared with the table before. The next table is published before what only the one before had is retired, so a
 * connection that comes upon something retired reads the table again and finds what replaced it.
 *
 * <p>Thread-safe: tables are read by the event loops and published by one thread at a time.
 */
public final class ServerTls<P> implements AutoCloseable {

    private final TlsSettings settings;
    private final ServerContexts contexts;
    private volatile TicketKeys keys;
    private volatile CertificateTable<P> table;
    private Map<ServedCertificates.Key, ServedCertificates> served = Map.of();
    private boolean closed;

    /** @param keys ignored by the provider {@link TlsSettings.Provider#JDK} */
    public ServerTls(TlsSettings settings, TicketKeys keys, TlsPlan<P> plan) {
        this.settings = settings;
        this.keys = keys;
        contexts = new ServerContexts(settings);
        table = build(plan);
    }

    /** Takes effect for all connections that have not sent their ClientHello, and closes none. */
    public synchronized void publish(TlsPlan<P> plan) {
        if (closed) {
            return;
        }
        Map<ServedCertificates.Key, ServedCertificates> before = served;
        table = build(plan);
        before.forEach((key, certificates) -> {
            if (!served.containsKey(key)) {
                certificates.retire();
            }
        });
    }

    private CertificateTable<P> build(TlsPlan<P> plan) {
        Map<ServedCertificates.Key, ServedCertificates> next = new HashMap<>();
        Map<HostMatch, CertificateTable.Entry<P>> hosts = new HashMap<>();
        ServedCertificates defaults = share(plan.defaults(), next);
        plan.hosts().forEach((host, tls) -> {
            CertificateTable.Entry<P> entry = switch (tls) {
                case HostTls.Terminate<P> terminate ->
                    new CertificateTable.Terminate<>(share(terminate.certificates(), next));
                case HostTls.PassThrough<P> passThrough -> new CertificateTable.PassThrough<>(passThrough.backend());
            };
            hosts.put(host, entry);
        });
        served = next;
        return new CertificateTable<>(defaults, hosts);
    }

    private ServedCertificates share(
            List<ServerCertificate> certificates, Map<ServedCertificates.Key, ServedCertificates> next) {
        return next.computeIfAbsent(ServedCertificates.Key.of(certificates), key -> {
            @Nullable ServedCertificates same = served.get(key);
            return same != null ? same : new ServedCertificates(key, contexts, settings.tickets(), () -> keys);
        });
    }

    /** Takes effect for all handshakes from here on, also with contexts that are made later. */
    public synchronized void renewKeys(TicketKeys renewed) {
        keys = renewed;
        served.values().forEach(ServedCertificates::renewKeys);
    }

    TlsSettings settings() {
        return settings;
    }

    CertificateTable<P> table() {
        return table;
    }

    /** Handshakes fail from here on; connections that are open stay. */
    @Override
    public synchronized void close() {
        closed = true;
        served.values().forEach(ServedCertificates::retire);
        served = Map.of();
    }
}
