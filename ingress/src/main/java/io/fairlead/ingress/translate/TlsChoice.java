package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.HostMatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides who answers TLS for a host: whom the oldest Ingress names that says anything of it. One that names no Secret says
 * only that there is TLS. Passthrough, which takes all paths of a host away from whoever else has some, is only for the
 * oldest Ingress of the host.
 *
 * <p>Immutable.
 *
 * @param tls nothing for a host without TLS
 * @param problems of those that did not get their way
 */
record TlsChoice(@Nullable HostTls tls, List<Problem> problems) {

    static TlsChoice of(HostMatch host, Collection<IngressPart> oldestFirst) {
        HostTls chosen = null;
        ObjectName first = null;
        ObjectName mentioned = null;
        List<Problem> problems = new ArrayList<>();
        for (IngressPart part : oldestFirst) {
            first = first == null ? part.name() : first;
            HostTls wish = wish(host, part);
            if (wish == null) {
                continue;
            }
            if (wish instanceof HostTls.Certificates(List<ObjectName> secrets, var _)) {
                mentioned = mentioned == null ? part.name() : mentioned;
                if (secrets.isEmpty()) {
                    continue;
                }
            }
            boolean tooLate =
                    wish instanceof HostTls.Passthrough && !part.name().equals(first);
            if (chosen == null && !tooLate) {
                chosen = wish;
            } else if (chosen == null || !agrees(wish, chosen)) {
                problems.add(lost(host, part, chosen == null ? first : chosen.ingress()));
            }
        }
        if (chosen == null && mentioned != null) {
            chosen = new HostTls.Certificates(List.of(), mentioned);
        }
        return new TlsChoice(chosen, List.copyOf(problems));
    }

    private static @Nullable HostTls wish(HostMatch host, IngressPart part) {
        BackendGroup group = part.passthrough().get(host);
        if (group != null) {
            return new HostTls.Passthrough(group, part.name());
        }
        List<ObjectName> secrets = part.certificates().get(host);
        return secrets == null ? null : new HostTls.Certificates(secrets, part.name());
    }

    private static boolean agrees(HostTls wish, HostTls chosen) {
        return switch (wish) {
            case HostTls.Certificates(List<ObjectName> secrets, var _) ->
                chosen instanceof HostTls.Certificates(List<ObjectName> all, var _) && all.containsAll(secrets);
            case HostTls.Passthrough(BackendGroup group, var _) ->
                chosen instanceof HostTls.Passthrough(BackendGroup other, var _) && other.equals(group);
        };
    }

    private static Problem lost(HostMatch host, IngressPart part, ObjectName winner) {
        return new Problem(
                new ObjectKey(IngressKinds.INGRESS.kind(), part.name()),
                ProblemReason.TLS_CONFLICT,
                "TLS of " + (host.text().isEmpty() ? "any host" : host.text()) + ": Ingress " + winner
                        + " is older and says otherwise");
    }
}
