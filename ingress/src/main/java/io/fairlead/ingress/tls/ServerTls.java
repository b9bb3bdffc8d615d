package io.fairlead.ingress.tls;

import io.fairlead.ingress.route.HostMatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of one listener: the table that its connections read, and the owner of all contexts in it.
 *
 * <p>A change costs the contexts of what changed, and an entry of a map for each host; what did not change is shared with
 * the table before. The next table is published before what only the one before had is retired, so a connection that
 * comes upon something retired reads the table again and finds what replaced it.
 *
 * <p>Thread-safe: tables are read by the event loops and published by one thread at a time.
 */
public final class ServerTls<P> implements AutoCloseable {

    private final TlsSettings settings;
    private final ServerContexts contexts;
    private final long seed = new SplittableRandom().nextLong();
    private final Map<ServedCertificates.Key, ServedCertificates> served = new HashMap<>();
    private Map<HostMatch, CertificateTable.Host<P>> hosts = Map.of();
    private ServedCertificates defaults;
    private volatile TicketKeys keys;
    private volatile CertificateTable<P> table;
    private boolean closed;

    /** @param keys ignored by the provider {@link TlsSettings.Provider#JDK} */
    public ServerTls(TlsSettings settings, TicketKeys keys, TlsPlan<P> plan) {
        this.settings = settings;
        this.keys = keys;
        contexts = new ServerContexts(settings);
        defaults = use(plan.defaults());
        table = build(plan.hosts(), new ArrayList<>());
    }

    /** Serves this plan from here on: it takes effect for connections that have yet to send their ClientHello. */
    public synchronized void publish(TlsPlan<P> plan) {
        Map<HostMatch, HostTls<P>> changed = new HashMap<>();
        hosts.keySet().forEach(host -> changed.put(host, new HostTls.ByDefault<>()));
        plan.hosts().forEach((host, tls) -> {
            CertificateTable.@Nullable Host<P> before = hosts.get(host);
            if (before != null && before.tls().equals(tls)) {
                changed.remove(host);
            } else {
                changed.put(host, tls);
            }
        });
        update(new TlsPlan<>(plan.defaults(), changed));
    }

    /**
     * Serves the plan before with other certificates for some hosts.
     *
     * @param changes the default certificates, and the hosts that are not as before
     */
    public synchronized void update(TlsPlan<P> changes) {
        if (closed) {
            return;
        }
        List<ServedCertificates> given = new ArrayList<>(List.of(defaults));
        defaults = use(changes.defaults());
        table = build(changes.hosts(), given);
        given.forEach(this::leave);
    }

    /** @param given gets what hosts had that have something else or nothing then */
    private CertificateTable<P> build(Map<HostMatch, HostTls<P>> changed, List<ServedCertificates> given) {
        Map<HostMatch, CertificateTable.Host<P>> next = new HashMap<>(hosts);
        changed.forEach((match, tls) -> {
            CertificateTable.@Nullable Host<P> before = switch (tls) {
                case HostTls.ByDefault<P> ignored -> next.remove(match);
                case HostTls.Terminate<P> terminate ->
                    next.put(match, host(match, tls, new CertificateTable.Terminate<>(use(terminate.certificates()))));
                case HostTls.PassThrough<P> passThrough ->
                    next.put(match, host(match, tls, new CertificateTable.PassThrough<>(passThrough.backend())));
            };
            if (before != null && before.entry() instanceof CertificateTable.Terminate<P> terminate) {
                given.add(terminate.certificates());
            }
        });
        hosts = next;
        return new CertificateTable<>(defaults, next.values(), seed);
    }

    private CertificateTable.Host<P> host(HostMatch match, HostTls<P> tls, CertificateTable.Entry<P> entry) {
        return CertificateTable.Host.of(match, tls, entry, seed);
    }

    private ServedCertificates use(List<ServerCertificate> certificates) {
        ServedCertificates shared = served.computeIfAbsent(
                ServedCertificates.Key.of(certificates),
                key -> new ServedCertificates(key, contexts, settings.tickets(), () -> keys));
        shared.users++;
        return shared;
    }

    private void leave(ServedCertificates certificates) {
        if (--certificates.users == 0) {
            served.remove(certificates.key());
            certificates.retire();
        }
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
        served.clear();
    }
}
