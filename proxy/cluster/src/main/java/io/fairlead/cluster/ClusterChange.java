package io.fairlead.cluster;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ClusterObject;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import java.time.Instant;

/**
 * What a source says: every source speaks only these values.
 *
 * <p>Immutable.
 */
public sealed interface ClusterChange {

    /**
     * The object exists and looks like this. Ends an earlier {@link SetAside} of it.
     *
     * <p>Immutable.
     */
    record Upsert(ClusterObject object) implements ClusterChange {}

    /**
     * The object does not exist, or nothing is to be routed for it. Ends an earlier {@link SetAside} of it.
     *
     * <p>Immutable.
     */
    record Delete(ClusterKind kind, ObjectName name) implements ClusterChange {

        public ObjectKey key() {
            return new ObjectKey(kind, name);
        }
    }

    /**
     * The object exists but cannot be honoured. Its last good record, if there is one, stays in force.
     *
     * <p>Immutable.
     *
     * @param where {@code file:line}, or {@code API}
     * @param reason one line that names the field
     */
    record SetAside(ClusterKind kind, ObjectName name, String where, String reason) implements ClusterChange {

        public ObjectKey key() {
            return new ObjectKey(kind, name);
        }
    }

    /**
     * What the next change of an EndpointSlice comes from happened at this time, by the clock of the control plane. Only
     * for metrics: nobody keeps it.
     *
     * <p>Immutable.
     */
    record Triggered(IpFamily family, Instant at) implements ClusterChange {}

    /**
     * The source has said everything that it found when it started. Said once; repeating it has no effect.
     *
     * <p>Immutable.
     */
    record Synced() implements ClusterChange {}
}
