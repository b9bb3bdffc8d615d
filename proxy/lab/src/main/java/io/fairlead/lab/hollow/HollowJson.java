package io.fairlead.lab.hollow;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/**
 * Objects as the API writes them. Names and addresses here need no escapes.
 *
 * <p>Thread-safe: no state of its own.
 */
final class HollowJson {

    private static final String CREATED = "2025-11-21T00:00:00Z";

    private HollowJson() {}

    /** As a client sends it: what the server decides is left out. */
    static String toSend(HollowObject object) {
        StringBuilder out = new StringBuilder(512);
        beginTyped(out, object);
        writeMetadata(out, object);
        out.append('}');
        object.writeRest(out);
        return out.append('}').toString();
    }

    /** As an event of a watch has it. */
    static void writeTyped(StringBuilder out, HollowObject object, long version) {
        beginTyped(out, object);
        write(out, object, version);
    }

    /** As a list has it, where the kind is said once. */
    static void writeItem(StringBuilder out, HollowObject object, long version) {
        out.append('{');
        write(out, object, version);
    }

    private static void beginTyped(StringBuilder out, HollowObject object) {
        out.append("{\"kind\":\"").append(object.kind().kind());
        out.append("\",\"apiVersion\":\"").append(object.kind().apiVersion()).append("\",");
    }

    private static void write(StringBuilder out, HollowObject object, long version) {
        writeMetadata(out, object);
        out.append(",\"uid\":\"").append(uid(object));
        out.append("\",\"resourceVersion\":\"").append(version);
        out.append("\",\"creationTimestamp\":\"").append(CREATED).append("\"}");
        object.writeRest(out);
        out.append('}');
    }

    /** Without the bracket at its end. */
    private static void writeMetadata(StringBuilder out, HollowObject object) {
        out.append("\"metadata\":{\"name\":\"").append(object.name()).append('"');
        if (!object.namespace().isEmpty()) {
            out.append(",\"namespace\":\"").append(object.namespace()).append('"');
        }
        writeMap(out, "labels", object.labels());
        writeMap(out, "annotations", object.annotations());
    }

    private static void writeMap(StringBuilder out, String name, Map<String, String> map) {
        if (!map.isEmpty()) {
            char before = '{';
            out.append(",\"").append(name).append("\":");
            for (Map.Entry<String, String> entry : map.entrySet()) {
                out.append(before).append('"').append(entry.getKey());
                out.append("\":\"").append(entry.getValue()).append('"');
                before = ',';
            }
            out.append('}');
        }
    }

    private static UUID uid(HollowObject object) {
        String identity = object.kind().kind() + " " + object.key();
        return UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.US_ASCII));
    }
}
