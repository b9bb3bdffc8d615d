package io.fairlead.cluster.write;

import io.fairlead.cluster.model.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Something that the owner of an object should know, as an Event of the Kubernetes API ({@code events.k8s.io/v1}).
 *
 * <p>Immutable.
 *
 * @param reason a word for programs, in upper camel case
 * @param action what was attempted, in upper camel case
 * @param note a sentence for people
 * @param scope what tells apart two Events that are else the same: the name of a node for what is wrong on that node;
 *     empty for what every node finds alike, so that only one of them writes it
 */
public record ClusterEvent(ObjectKey regarding, Type type, String reason, String action, String note, String scope) {

    /** Limit of the API, in bytes. */
    private static final int NOTE_MAX = 1024;

    /** What is left of a name of 253 characters beside our digits. */
    private static final int PREFIX_MAX = 253 - 17;

    /**
     * How bad it is.
     *
     * <p>Immutable.
     */
    public enum Type {
        NORMAL("Normal"),
        WARNING("Warning");

        private final String label;

        Type(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    public ClusterEvent {
        note = bounded(note);
    }

    private static String bounded(String note) {
        int length = note.length();
        while (note.substring(0, length).getBytes(StandardCharsets.UTF_8).length > NOTE_MAX) {
            length -= Math.max(1, length / 16);
        }
        return note.substring(0, length);
    }

    /**
     * Name of the Event: the same for the same news about the same object, whoever brings it and whenever, so that the
     * API refuses what was said already.
     */
    public String name() {
        String object = regarding.name().name();
        return (object.length() > PREFIX_MAX ? object.substring(0, PREFIX_MAX) : object) + "."
                + digits(String.join("\n", regarding.toString(), reason, note, scope));
    }

    /** Sixteen digits; two notes about one object that share them would be an accident without harm. */
    private static String digits(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return "%08x%08x".formatted(sum.getValue(), text.hashCode());
    }

    /** Namespace of the Event: that of the object, and {@code default} for cluster-scoped ones. */
    public String namespace() {
        String namespace = regarding.name().namespace();
        return namespace.isEmpty() ? "default" : namespace;
    }
}
