package io.fairlead.cluster.write;

import io.fairlead.cluster.model.ClusterKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The form of an Event in the API: <a href="https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/">
 * events.k8s.io/v1</a>.
 *
 * <p>Immutable: pure functions.
 */
final class EventObject {

    private EventObject() {}

    /**
     * @param uid of the object; empty if it is not known
     */
    static Map<String, Object> of(ClusterEvent event, String uid, Reporter reporter, Instant now) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("apiVersion", "events.k8s.io/v1");
        object.put("kind", "Event");
        object.put("metadata", metadata(event));
        object.put("eventTime", now.truncatedTo(ChronoUnit.MICROS).toString());
        object.put("reportingController", reporter.controller());
        object.put("reportingInstance", reporter.instance());
        object.put("type", event.type().toString());
        object.put("reason", event.reason());
        object.put("action", event.action());
        object.put("regarding", regarding(event, uid));
        object.put("note", event.note());
        return object;
    }

    private static Map<String, Object> metadata(ClusterEvent event) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", event.name());
        metadata.put("namespace", event.namespace());
        return metadata;
    }

    private static Map<String, Object> regarding(ClusterEvent event, String uid) {
        ClusterKind kind = event.regarding().kind();
        Map<String, Object> reference = new LinkedHashMap<>();
        reference.put("apiVersion", kind.apiVersion());
        reference.put("kind", kind.label());
        if (!event.regarding().name().namespace().isEmpty()) {
            reference.put("namespace", event.regarding().name().namespace());
        }
        reference.put("name", event.regarding().name().name());
        if (!uid.isEmpty()) {
            reference.put("uid", uid);
        }
        return reference;
    }
}
