package io.fairlead.ingress.program;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.write.ClusterEvent;
import io.fairlead.ingress.translate.Problem;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Tells the owners of objects what is wrong with these: each thing once as long as it stays so, and again if it comes
 * back.
 *
 * <p>Confined to the store's thread; {@link #objects} is thread-safe.
 */
final class ProblemReport {

    private static final Logger LOG = System.getLogger(ProblemReport.class.getName());

    private final Consumer<ClusterEvent> events;
    private final Map<ObjectKey, List<Problem>> told = new ConcurrentHashMap<>();

    ProblemReport(Consumer<ClusterEvent> events) {
        this.events = events;
    }

    /** This, and nothing else, is wrong with an object. */
    void report(ObjectKey object, List<Problem> now) {
        List<Problem> before = told.getOrDefault(object, List.of());
        for (Problem problem : now) {
            if (!before.contains(problem)) {
                LOG.log(Level.WARNING, "{0}", problem);
                tell(problem);
            }
        }
        if (now.isEmpty()) {
            told.remove(object);
        } else {
            told.put(object, now);
        }
    }

    /** By an Event; a file of manifests has none. */
    private void tell(Problem problem) {
        if (!problem.object().kind().equals(ClusterKind.MANIFEST)) {
            events.accept(new ClusterEvent(
                    problem.object(),
                    ClusterEvent.Type.WARNING,
                    problem.reason().label(),
                    "Translate",
                    problem.message(),
                    ""));
        }
    }

    /** Of how many something is wrong. */
    int objects() {
        return told.size();
    }
}
