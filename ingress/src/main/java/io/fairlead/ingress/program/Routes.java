package io.fairlead.ingress.program;

import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.SnapshotSubscriber;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.Selection;
import io.fairlead.cluster.write.ClusterEvent;
import io.fairlead.ingress.destination.Destinations;
import io.fairlead.ingress.proxy.RoutePublisher;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.resource.Secret;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.tls.ServerTls;
import io.fairlead.ingress.translate.IngressTranslator;
import io.fairlead.ingress.translate.Problem;
import io.fairlead.ingress.translate.ProblemReason;
import io.fairlead.ingress.translate.Translation;
import io.fairlead.ingress.upstream.UpstreamGroup;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes each snapshot of the cluster to the routes that are in force.
 *
 * <p>Confined to the store's thread; {@link #current} is thread-safe.
 */
final class Routes implements SnapshotSubscriber {

    private static final Logger LOG = System.getLogger(Routes.class.getName());

    private final IngressTranslator translator;
    private final RoutePublisher publisher;
    private final Certificates certificates;
    private final ServerTls<UpstreamGroup> tls;
    private final Selection secrets;
    private final Consumer<ClusterEvent> events;
    private final Runnable ready;
    private final Map<ObjectKey, List<Problem>> told = new HashMap<>();

    private ClusterSnapshot authorities = ClusterSnapshot.EMPTY;
    private boolean begun;
    private boolean served;
    private volatile Translation current = Translation.EMPTY;

    /** @param ready called once, when routes are in force and the certificates they need are known */
    Routes(
            IngressTranslator translator,
            RoutePublisher publisher,
            Certificates certificates,
            ServerTls<UpstreamGroup> tls,
            Selection secrets,
            Consumer<ClusterEvent> events,
            Runnable ready) {
        this.translator = translator;
        this.publisher = publisher;
        this.certificates = certificates;
        this.tls = tls;
        this.secrets = secrets;
        this.events = events;
        this.ready = ready;
    }

    @Override
    public void onSnapshot(ClusterDelta delta, ClusterSnapshot snapshot) {
        boolean first = !begun;
        begun = true;
        IngressTranslator.Result result = translator.translate(delta, snapshot);
        Translation now = result.translation();
        if (result.delta().secrets()) {
            secrets.replace(now.secrets());
        }
        Map<BackendGroup, Destinations> changed = new HashMap<>();
        Set<BackendGroup> gone = new HashSet<>();
        for (BackendGroup group : result.delta().backends()) {
            Destinations where = now.backends().get(group);
            if (where == null) {
                gone.add(group);
            } else {
                changed.put(group, where);
            }
        }
        publisher.publish(changed, gone);
        if (first
                || !result.delta().tls().isEmpty()
                || !delta.objects(IngressKinds.SECRET).isEmpty()) {
            publishCertificates(now, snapshot);
        }
        if (result.delta().routes() || first) {
            publisher.publish(now.routes());
        }
        current = now;
        result.delta().problems().forEach(key -> tell(key, now.problems().getOrDefault(key, List.of())));
        if (!served && IngressKinds.areKnown(now.secrets(), snapshot)) {
            served = true;
            ready.run();
        }
    }

    private void publishCertificates(Translation now, ClusterSnapshot snapshot) {
        authorities = snapshot;
        tls.publish(certificates.plan(now, snapshot));
        publisher.renewSecurity();
        certificates.problems().forEach((secret, reason) -> {
            ObjectKey key = new ObjectKey(IngressKinds.SECRET.kind(), secret);
            tell(key, List.of(new Problem(key, ProblemReason.SECRET_NOT_USABLE, reason)));
        });
    }

    /** Certificates of those whose signature counts, of a Secret; null if there is none. Confined to the store's thread. */
    byte @Nullable [] authorities(ObjectName secret) {
        Secret found = authorities.objects(IngressKinds.SECRET).get(secret);
        return found == null ? null : found.authorities().toBytes();
    }

    /** What is in force. */
    Translation current() {
        return current;
    }

    /** Tells the owner of an object what is wrong with it, each thing once as long as it stays so. */
    private void tell(ObjectKey key, List<Problem> now) {
        List<Problem> before = told.getOrDefault(key, List.of());
        for (Problem problem : now) {
            if (!before.contains(problem)) {
                LOG.log(Level.WARNING, "{0}", problem);
                events.accept(new ClusterEvent(
                        problem.object(),
                        ClusterEvent.Type.WARNING,
                        problem.reason().label(),
                        "Translate",
                        problem.message(),
                        ""));
            }
        }
        if (now.isEmpty()) {
            told.remove(key);
        } else {
            told.put(key, now);
        }
    }
}
