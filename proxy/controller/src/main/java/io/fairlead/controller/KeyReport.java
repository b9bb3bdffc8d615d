package io.fairlead.controller;

import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.write.ClusterEvent;
import io.fairlead.controller.keys.KeyAccount;
import io.fairlead.runtime.metrics.Counter;
import io.fairlead.runtime.metrics.Gauge;
import io.fairlead.runtime.metrics.Metrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/**
 * Tells operators of the shared keys: by metrics, the log and Events on the Secret.
 *
 * <p>Thread-safe.
 */
final class KeyReport implements KeyAccount {

    private static final Logger LOG = System.getLogger(KeyReport.class.getName());

    private final ObjectKey secret;
    private final Consumer<ClusterEvent> events;
    private final Counter changes;
    private final Counter failures;
    private final Gauge unreadable;

    KeyReport(ObjectKey secret, Metrics metrics, Consumer<ClusterEvent> events) {
        this.secret = secret;
        this.events = events;
        changes = metrics.counter(ControllerMetric.CHANGES);
        failures = metrics.counter(ControllerMetric.FAILURES);
        unreadable = metrics.gauge(ControllerMetric.UNREADABLE);
    }

    @Override
    public void changed() {
        changes.increment();
    }

    @Override
    public void failed() {
        failures.increment();
    }

    @Override
    public void unreadable(String reason) {
        unreadable.set(1);
        String note = "the shared keys cannot be read and are left as they are: " + reason
                + ". Put back what was there, or delete the Secret to have new keys made";
        LOG.log(Level.ERROR, "{0}: {1}", secret, note);
        events.accept(new ClusterEvent(secret, ClusterEvent.Type.WARNING, "KeysNotReadable", "RotateKeys", note, ""));
    }

    @Override
    public void readable() {
        unreadable.set(0);
    }
}
