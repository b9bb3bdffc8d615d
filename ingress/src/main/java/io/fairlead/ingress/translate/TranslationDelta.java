package io.fairlead.ingress.translate;

import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.HostMatch;
import java.util.Set;

/**
 * What differs between two translations.
 *
 * <p>Immutable.
 *
 * @param routes whether the table is another one
 * @param backends groups that came, went or go elsewhere
 * @param tls hosts whose TLS is answered otherwise
 * @param served Ingresses that came, went or became others
 * @param problems objects of which other things are wrong
 * @param secrets whether other Secrets are referred to
 */
public record TranslationDelta(
        boolean routes,
        Set<BackendGroup> backends,
        Set<HostMatch> tls,
        Set<ObjectName> served,
        Set<ObjectKey> problems,
        boolean secrets) {

    public TranslationDelta {
        backends = Set.copyOf(backends);
        tls = Set.copyOf(tls);
        served = Set.copyOf(served);
        problems = Set.copyOf(problems);
    }

    public boolean isEmpty() {
        return !routes && backends.isEmpty() && tls.isEmpty() && served.isEmpty() && problems.isEmpty() && !secrets;
    }
}
