package io.fairlead.agent.ipvsreport;

import io.fairlead.cluster.model.ObjectName;
import java.util.Comparator;

/**
 * Something that is otherwise in mode nftables.
 *
 * <p>Ordered: those of the node first, then by Service. Immutable.
 *
 * @param service its namespace and name; empty for what concerns the node as a whole
 * @param text what was, what will be, and what to do about it if one would
 */
public record Difference(String service, Topic topic, String text) implements Comparable<Difference> {

    private static final Comparator<Difference> ORDER = Comparator.comparing(Difference::service)
            .thenComparing(Difference::topic)
            .thenComparing(Difference::text);

    static Difference of(ObjectName service, Topic topic, String text) {
        return new Difference(service.toString(), topic, text);
    }

    static Difference ofNode(Topic topic, String text) {
        return new Difference("", topic, text);
    }

    boolean isOfNode() {
        return service.isEmpty();
    }

    @Override
    public int compareTo(Difference other) {
        return ORDER.compare(this, other);
    }
}
