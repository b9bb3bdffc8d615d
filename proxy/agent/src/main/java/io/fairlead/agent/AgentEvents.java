package io.fairlead.agent;

import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.view.StatusView.SetAsideRow;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.write.ClusterEvent;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * What the agent tells the owners of objects, as Events. Reasons are kube-proxy's where it has the Event
 * (pkg/proxy/healthcheck, cmd/kube-proxy/app).
 *
 * <p>Thread-safe.
 */
final class AgentEvents {

    private static final String START = "StartProxy";
    private static final String SYNC = "SyncProxyRules";

    private final String node;
    private final Consumer<ClusterEvent> events;

    /** @param events takes an Event, and returns at once */
    AgentEvents(String node, Consumer<ClusterEvent> events) {
        this.node = node;
        this.events = events;
    }

    /** The agent began to serve this node. */
    void starting(String mode, Instant at) {
        String note = "fairlead serves Services on node " + node + " in " + mode + " mode";
        tell(ofNode(), ClusterEvent.Type.NORMAL, "Starting", START, note, node + " " + at);
    }

    /** The configuration asked for another mode, which serves all by now. */
    void modeChanged(String from, String to, Instant at) {
        String note =
                "fairlead serves Services on node " + node + " in " + to + " mode, and no more in " + from + " mode";
        tell(ofNode(), ClusterEvent.Type.NORMAL, "ModeChanged", START, note, node + " " + at);
    }

    /** The configuration asks for another mode, which this node does not have. */
    void modeRefused(String serving, String reason) {
        String note = "fairlead goes on in " + serving + " mode on node " + node + ": " + reason;
        tell(ofNode(), ClusterEvent.Type.WARNING, "ModeRefused", START, note, node);
    }

    /** An object cannot be honoured. What the kernel refuses it refuses on this node; the rest every node finds alike. */
    void setAside(SetAsideRow row) {
        if (row.object().kind() == ClusterKind.MANIFEST) {
            return;
        }
        boolean here = row.where().equals(SetAsideRow.KERNEL);
        String note = row.reason() + (here ? " (on node " + node + ")" : "")
                + "; its last good state, if any, stays in force";
        tell(
                row.object(),
                ClusterEvent.Type.WARNING,
                here ? "RefusedByKernel" : "SetAside",
                SYNC,
                note,
                here ? node : "");
    }

    /** Two Services claim one address and port; this one does not have it. */
    void contested(Frontend loser, Frontend owner) {
        String note = loser.key() + " (" + loser.kind() + ") is served for Service "
                + owner.port().service() + " (" + owner.kind() + "), which claims it too";
        ObjectKey service = new ObjectKey(ClusterKind.SERVICE, loser.port().service());
        tell(service, ClusterEvent.Type.WARNING, "AddressConflict", SYNC, note, "");
    }

    /** Load balancers get no answer at the health check node port of a Service. */
    void healthCheckPortTaken(ObjectName service, String reason) {
        ObjectKey object = new ObjectKey(ClusterKind.SERVICE, service);
        String note = "node " + node + " failed to start the healthcheck: " + reason;
        tell(object, ClusterEvent.Type.WARNING, "FailedToStartServiceHealthcheck", "Listen", note, node);
    }

    /** An address of the agent's own pages cannot be listened on. */
    void pageRefused(AgentServers.Page page, String reason) {
        String event = switch (page) {
            case HEALTH, PAGES -> "FailedToStartProxierHealthcheck";
            case METRICS -> "FailedToStartMetricServer";
        };
        tell(ofNode(), ClusterEvent.Type.WARNING, event, START, reason, node);
    }

    private ObjectKey ofNode() {
        return new ObjectKey(ClusterKind.NODE, new ObjectName("", node));
    }

    private void tell(
            ObjectKey object, ClusterEvent.Type type, String reason, String action, String note, String scope) {
        events.accept(new ClusterEvent(object, type, reason, action, note, scope));
    }
}
