package io.fairlead.ingress.program;

import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.proxy.RoutePublisher;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.resource.Secret;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.tls.HostTls;
import io.fairlead.ingress.tls.ParsedCertificate;
import io.fairlead.ingress.tls.ServerCertificate;
import io.fairlead.ingress.tls.TlsPlan;
import io.fairlead.ingress.translate.Problem;
import io.fairlead.ingress.translate.ProblemReason;
import io.fairlead.ingress.translate.Translation;
import io.fairlead.ingress.upstream.UpstreamGroup;
import io.fairlead.ingress.view.CertificatesView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes certificates of Secrets, and of what Ingresses say a plan of who is shown which. A Secret that cannot be used any
 * longer leaves the last certificate that it held in force. A change costs the hosts that it touches.
 *
 * <p>Clients that name no host, or one that nothing is said for, are shown the operator's certificate; without that the
 * one of an Ingress that names no host; without that a generated one.
 *
 * <p>Thread-safe; the plans are one thread's to make.
 */
final class Certificates {

    /** In an Event. */
    private static final int HOSTS_SAID_MAX = 5;

    private final Optional<ObjectName> operators;
    private final ServerCertificate generated;
    private final RoutePublisher publisher;
    private final ProblemReport problems;
    private final Map<ObjectName, Held> held = new HashMap<>();
    /** Which hosts, {@link HostMatch#ANY} among them, name a Secret. */
    private final Map<ObjectName, Set<HostMatch>> users = new HashMap<>();

    private final Map<HostMatch, List<ObjectName>> named = new HashMap<>();
    private final Map<HostMatch, UpstreamGroup> passedThrough = new HashMap<>();
    private List<ServerCertificate> ofAnyHost = List.of();

    /** Of Secrets: hosts that name one and that its certificate is not for. */
    private final Map<ObjectName, SortedSet<String>> notFor = new HashMap<>();

    /**
     * @param certificate what it held last that could be used; none if it never did
     * @param fault why what it holds cannot be used; empty if it can
     */
    private record Held(Secret secret, Optional<ServerCertificate> certificate, String fault) {}

    /**
     * @param operators the Secret of the operator's default certificate
     * @param generated what is shown when there is no other one
     * @param publisher has the endpoints for hosts that are passed through
     * @param problems hears of Secrets that cannot be used
     */
    Certificates(
            Optional<ObjectName> operators,
            ServerCertificate generated,
            RoutePublisher publisher,
            ProblemReport problems) {
        this.operators = operators;
        this.generated = generated;
        this.publisher = publisher;
        this.problems = problems;
    }

    /** The plan before anything is known. */
    TlsPlan<UpstreamGroup> first() {
        return new TlsPlan<>(List.of(generated), Map.of());
    }

    /**
     * What is different from the plan before.
     *
     * @param hosts of which something else is said
     * @param secrets that hold something else
     */
    synchronized TlsPlan<UpstreamGroup> changes(
            Translation translation, Set<HostMatch> hosts, Set<ObjectName> secrets, ClusterSnapshot snapshot) {
        Set<HostMatch> touched = new HashSet<>(hosts);
        secrets.forEach(secret -> touched.addAll(users.getOrDefault(secret, Set.of())));
        Map<ObjectName, Set<HostMatch>> moved = new HashMap<>();
        hosts.forEach(host -> noteSecrets(host, moved));
        hosts.forEach(host -> name(host, translation));
        hosts.forEach(host -> noteSecrets(host, moved));
        Set<ObjectName> read = new HashSet<>(secrets);
        read.addAll(moved.keySet());
        operators.ifPresent(read::add);
        read.forEach(secret -> {
            boolean other = read(secret, snapshot);
            match(secret, (other ? users : moved).getOrDefault(secret, Set.of()), other);
            report(secret);
        });
        Map<HostMatch, HostTls<UpstreamGroup>> changed = new HashMap<>();
        for (HostMatch host : touched) {
            if (host.equals(HostMatch.ANY)) {
                ofAnyHost = certificates(host);
            } else {
                changed.put(host, answers(host));
            }
        }
        publisher.passThrough(Set.copyOf(passedThrough.values()));
        return new TlsPlan<>(defaults(), changed);
    }

    /** Those that are shown, the ones that end first at the top. */
    synchronized CertificatesView view(Instant now) {
        List<CertificatesView.Row> rows = new ArrayList<>();
        held.forEach((secret, each) -> each.certificate()
                .ifPresent(certificate ->
                        rows.add(row(secret.toString(), certificate, users.getOrDefault(secret, Set.of()), now))));
        if (defaults().contains(generated)) {
            rows.add(row("(generated)", generated, Set.of(), now));
        }
        rows.sort(Comparator.comparing(CertificatesView.Row::notAfter).thenComparing(CertificatesView.Row::secret));
        return new CertificatesView(rows, now);
    }

    private static CertificatesView.Row row(
            String secret, ServerCertificate certificate, Set<HostMatch> hosts, Instant now) {
        return new CertificatesView.Row(
                secret,
                hosts.stream().map(HostMatch::text).sorted().toList(),
                certificate.names().toString(),
                certificate.keyType().name(),
                certificate.issuer(),
                certificate.notAfter(),
                certificate.warnings(hosts, now));
    }

    /** When the first of those that Secrets hold ends, in seconds since 1970; 0 if there are none. */
    synchronized double firstEndSeconds() {
        return held.values().stream()
                .flatMap(each -> each.certificate().stream())
                .mapToLong(certificate -> certificate.notAfter().getEpochSecond())
                .min()
                .orElse(0);
    }

    private List<ServerCertificate> defaults() {
        Optional<ServerCertificate> wanted = operators.flatMap(this::certificate);
        if (wanted.isPresent()) {
            return List.of(wanted.get());
        }
        return ofAnyHost.isEmpty() ? List.of(generated) : ofAnyHost;
    }

    private void noteSecrets(HostMatch host, Map<ObjectName, Set<HostMatch>> all) {
        named.getOrDefault(host, List.of())
                .forEach(secret ->
                        all.computeIfAbsent(secret, _ -> new HashSet<>()).add(host));
    }

    /** Keeps what is said of a host. */
    private void name(HostMatch host, Translation translation) {
        for (ObjectName secret : named.getOrDefault(host, List.of())) {
            Set<HostMatch> others = users.get(secret);
            if (others != null && others.remove(host) && others.isEmpty()) {
                users.remove(secret);
            }
        }
        named.remove(host);
        passedThrough.remove(host);
        switch (translation.tls().get(host)) {
            case io.fairlead.ingress.translate.HostTls.Passthrough through ->
                passedThrough.put(host, publisher.group(through.backend()));
            case io.fairlead.ingress.translate.HostTls.Certificates said -> {
                named.put(host, said.secrets());
                said.secrets()
                        .forEach(secret -> users.computeIfAbsent(secret, _ -> new HashSet<>())
                                .add(host));
            }
            case null -> {}
        }
    }

    private HostTls<UpstreamGroup> answers(HostMatch host) {
        UpstreamGroup group = passedThrough.get(host);
        if (group != null) {
            return new HostTls.PassThrough<>(group);
        }
        List<ServerCertificate> usable = certificates(host);
        return usable.isEmpty() ? new HostTls.ByDefault<>() : new HostTls.Terminate<>(usable);
    }

    private List<ServerCertificate> certificates(HostMatch host) {
        return named.getOrDefault(host, List.of()).stream()
                .flatMap(secret -> certificate(secret).stream())
                .toList();
    }

    private Optional<ServerCertificate> certificate(ObjectName secret) {
        Held known = held.get(secret);
        return known == null ? Optional.empty() : known.certificate();
    }

    /** Whether the Secret holds something else. */
    private boolean read(ObjectName name, ClusterSnapshot snapshot) {
        Secret secret = snapshot.objects(IngressKinds.SECRET).get(name);
        boolean used = users.containsKey(name) || operators.filter(name::equals).isPresent();
        Held known = held.get(name);
        if (secret == null || !used) {
            held.remove(name);
            return known != null;
        }
        if (known != null && known.secret().equals(secret)) {
            return false;
        }
        held.put(name, parse(secret, known));
        return true;
    }

    private static Held parse(Secret secret, @Nullable Held before) {
        byte[] key = secret.privateKey().toBytes();
        try {
            return switch (ServerCertificate.parse(secret.certificates().toBytes(), key)) {
                case ParsedCertificate.Usable usable -> new Held(secret, Optional.of(usable.certificate()), "");
                case ParsedCertificate.Refused refused ->
                    new Held(secret, before == null ? Optional.empty() : before.certificate(), refused.reason());
            };
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /**
     * Keeps the hosts that a Secret's certificate is not for.
     *
     * @param hosts that name it, or did before, and may have another answer
     * @param other whether these are all that there are
     */
    private void match(ObjectName secret, Set<HostMatch> hosts, boolean other) {
        SortedSet<String> foreign = notFor.computeIfAbsent(secret, _ -> new TreeSet<>());
        if (other) {
            foreign.clear();
        }
        for (HostMatch host : hosts) {
            boolean named = users.getOrDefault(secret, Set.of()).contains(host);
            boolean fits = certificate(secret).stream().allMatch(each -> each.isFor(host));
            if (named && !fits) {
                foreign.add(host.text());
            } else {
                foreign.remove(host.text());
            }
        }
        if (foreign.isEmpty()) {
            notFor.remove(secret);
        }
    }

    private void report(ObjectName secret) {
        ObjectKey key = new ObjectKey(IngressKinds.SECRET.kind(), secret);
        List<Problem> all = new ArrayList<>();
        Held known = held.get(secret);
        if (known != null && !known.fault().isEmpty()) {
            all.add(new Problem(key, ProblemReason.SECRET_NOT_USABLE, known.fault()));
        }
        SortedSet<String> foreign = notFor.getOrDefault(secret, Collections.emptySortedSet());
        if (!foreign.isEmpty()) {
            int more = foreign.size() - HOSTS_SAID_MAX;
            all.add(new Problem(
                    key,
                    ProblemReason.CERTIFICATE_NOT_FOR_HOST,
                    "it is for "
                            + certificate(secret).orElseThrow().names() + ", and not for "
                            + foreign.stream().limit(HOSTS_SAID_MAX).collect(Collectors.joining(", "))
                            + (more > 0 ? " and " + more + " more" : "")));
        }
        problems.report(key, all);
    }
}
