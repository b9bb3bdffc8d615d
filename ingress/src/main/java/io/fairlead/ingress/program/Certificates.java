package io.fairlead.ingress.program;

import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.proxy.RoutePublisher;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.resource.Secret;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.tls.DefaultCertificate;
import io.fairlead.ingress.tls.HostTls;
import io.fairlead.ingress.tls.ParsedCertificate;
import io.fairlead.ingress.tls.ServerCertificate;
import io.fairlead.ingress.tls.TlsPlan;
import io.fairlead.ingress.translate.Translation;
import io.fairlead.ingress.upstream.UpstreamGroup;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes certificates of Secrets, and of what Ingresses say a plan of who is shown which. A Secret that cannot be used
 * any longer leaves the last certificate that it held in force.
 *
 * <p>Confined to the store's thread.
 */
final class Certificates {

    private final Optional<ObjectName> defaultSecret;
    private final ServerCertificate generated;
    private final RoutePublisher publisher;
    private Map<ObjectName, Held> held = new HashMap<>();

    /** @param reason what is wrong with the Secret; empty if nothing is */
    private record Held(Secret secret, Optional<ServerCertificate> certificate, String reason) {}

    /**
     * @param defaultSecret of the certificate for clients that name no host that is known; one is generated if there is
     *     none
     * @param publisher has the endpoints for hosts that are passed through
     */
    Certificates(Optional<ObjectName> defaultSecret, InstantSource clock, RoutePublisher publisher) {
        this.defaultSecret = defaultSecret;
        this.publisher = publisher;
        generated = DefaultCertificate.generate(clock.instant());
    }

    /** The plan for a moment. */
    TlsPlan<UpstreamGroup> plan(Translation translation, ClusterSnapshot snapshot) {
        Map<ObjectName, Held> next = new HashMap<>();
        Map<HostMatch, HostTls<UpstreamGroup>> hosts = new HashMap<>();
        Set<UpstreamGroup> passedThrough = new HashSet<>();
        translation.tls().forEach((host, said) -> {
            if (host.equals(HostMatch.ANY)) {
                return;
            }
            switch (said) {
                case io.fairlead.ingress.translate.HostTls.Passthrough through -> {
                    UpstreamGroup group = publisher.group(through.backend());
                    passedThrough.add(group);
                    hosts.put(host, new HostTls.PassThrough<>(group));
                }
                case io.fairlead.ingress.translate.HostTls.Certificates named -> {
                    List<ServerCertificate> usable = named.secrets().stream()
                            .flatMap(secret -> certificate(secret, snapshot, next).stream())
                            .toList();
                    if (!usable.isEmpty()) {
                        hosts.put(host, new HostTls.Terminate<>(usable));
                    }
                }
            }
        });
        List<ServerCertificate> defaults = defaultSecret
                .flatMap(secret -> certificate(secret, snapshot, next))
                .map(List::of)
                .orElse(List.of(generated));
        held = next;
        publisher.passThrough(passedThrough);
        return new TlsPlan<>(defaults, hosts);
    }

    private Optional<ServerCertificate> certificate(
            ObjectName name, ClusterSnapshot snapshot, Map<ObjectName, Held> next) {
        Held known = next.containsKey(name) ? next.get(name) : held.get(name);
        Secret secret = snapshot.objects(IngressKinds.SECRET).get(name);
        if (secret == null) {
            return Optional.empty();
        }
        Held now = known != null && known.secret().equals(secret) ? known : parse(secret, known);
        next.put(name, now);
        return now.certificate();
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

    /** What is wrong with Secrets that are used. */
    Map<ObjectName, String> problems() {
        Map<ObjectName, String> all = new HashMap<>();
        held.forEach((name, each) -> {
            if (!each.reason().isEmpty()) {
                all.put(name, each.reason());
            }
        });
        return all;
    }
}
