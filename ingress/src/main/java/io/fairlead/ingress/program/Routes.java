package io.fairlead.ingress.program;

import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.SnapshotSubscriber;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.Selection;
import io.fairlead.ingress.destination.Destinations;
import io.fairlead.ingress.proxy.RoutePublisher;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.resource.Secret;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.tls.ServerTls;
import io.fairlead.ingress.translate.IngressTranslator;
import io.fairlead.ingress.translate.Translation;
import io.fairlead.ingress.translate.TranslationDelta;
import io.fairlead.ingress.upstream.UpstreamGroup;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes each snapshot of the cluster to the routes that are in force: endpoints, then certificates, then routes, so that
 * no request meets a route before what it needs.
 *
 * <p>Confined to the store's thread; {@link #current} is thread-safe.
 */
final class Routes implements SnapshotSubscriber {

    private final IngressTranslator translator;
    private final RoutePublisher publisher;
    private final Certificates certificates;
    private final ServerTls<UpstreamGroup> tls;
    private final WantedSecrets secrets;
    private final ProblemReport problems;
    private final Opening opening;

    private ClusterSnapshot snapshot = ClusterSnapshot.EMPTY;
    private volatile Translation current = Translation.EMPTY;

    /**
     * The Secrets that the source is to deliver.
     *
     * <p>Immutable; the selection is thread-safe.
     *
     * @param operators wanted whatever Ingresses say
     */
    record WantedSecrets(Selection selection, Set<ObjectName> operators) {

        WantedSecrets {
            operators = Set.copyOf(operators);
        }

        /** Those of the operator and these. */
        Set<ObjectName> with(Set<ObjectName> named) {
            Set<ObjectName> all = new HashSet<>(operators);
            all.addAll(named);
            return all;
        }
    }

    Routes(
            IngressTranslator translator,
            RoutePublisher publisher,
            Certificates certificates,
            ServerTls<UpstreamGroup> tls,
            WantedSecrets secrets,
            ProblemReport problems,
            Opening opening) {
        this.translator = translator;
        this.publisher = publisher;
        this.certificates = certificates;
        this.tls = tls;
        this.secrets = secrets;
        this.problems = problems;
        this.opening = opening;
    }

    @Override
    public void onSnapshot(ClusterDelta delta, ClusterSnapshot next) {
        boolean first = snapshot == ClusterSnapshot.EMPTY;
        snapshot = next;
        IngressTranslator.Result result = translator.translate(delta, next);
        Translation now = result.translation();
        TranslationDelta changed = result.delta();
        Set<ObjectName> wanted = secrets.with(now.secrets());
        if (changed.secrets() || first) {
            secrets.selection().replace(wanted);
        }
        publishEndpoints(changed.backends(), now);
        publishCertificates(now, changed.tls(), delta.objects(IngressKinds.SECRET));
        if (changed.routes() || first) {
            publisher.publish(now.routes());
        }
        current = now;
        changed.problems().forEach(key -> problems.report(key, now.problems().getOrDefault(key, List.of())));
        opening.routed(IngressKinds.areKnown(wanted, next));
    }

    private void publishEndpoints(Set<BackendGroup> touched, Translation now) {
        Map<BackendGroup, Destinations> changed = new HashMap<>();
        Set<BackendGroup> gone = new HashSet<>();
        for (BackendGroup group : touched) {
            Destinations where = now.backends().get(group);
            if (where == null) {
                gone.add(group);
            } else {
                changed.put(group, where);
            }
        }
        publisher.publish(changed, gone);
    }

    private void publishCertificates(Translation now, Set<HostMatch> hosts, Set<ObjectName> changed) {
        if (!hosts.isEmpty() || !changed.isEmpty()) {
            tls.update(certificates.changes(now, hosts, changed, snapshot));
        }
        if (!changed.isEmpty()) {
            publisher.renewSecurity();
        }
    }

    /** Certificates of those whose signature counts, of a Secret; null if there is none. Confined to the store's thread. */
    byte @Nullable [] authorities(ObjectName secret) {
        Secret found = snapshot.objects(IngressKinds.SECRET).get(secret);
        return found == null ? null : found.authorities().toBytes();
    }

    /** What is in force. */
    Translation current() {
        return current;
    }
}
