package io.fairlead.lab.hollow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * An object as a manifest has it, with what an API server fills in for a node agent: names and protocols of ports.
 *
 * <p>Immutable.
 */
public final class HollowManifest implements HollowObject {

    private final HollowKind kind;
    private final String namespace;
    private final String name;
    private final Map<String, String> labels;
    private final Map<?, ?> rest;

    private HollowManifest(Map<?, ?> document) {
        Map<?, ?> metadata = map(document.get("metadata"));
        this.kind = kind(String.valueOf(document.get("kind")));
        this.namespace = text(metadata.get("namespace"));
        this.name = text(metadata.get("name"));
        Map<String, String> marks = new LinkedHashMap<>();
        map(metadata.get("labels")).forEach((key, value) -> marks.put(String.valueOf(key), text(value)));
        this.labels = Map.copyOf(marks);
        Map<Object, Object> members = new LinkedHashMap<>(document);
        members.keySet().removeAll(List.of("apiVersion", "kind", "metadata"));
        this.rest = members;
    }

    /** The objects of a YAML stream, all of kinds that hollow clusters have. */
    public static List<HollowObject> parse(String text) {
        List<HollowObject> objects = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(text)) {
            objects.add(new HollowManifest(map(document)));
        }
        return objects;
    }

    private static HollowKind kind(String name) {
        for (HollowKind kind : HollowKind.values()) {
            if (kind.kind().equals(name)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no hollow cluster has a " + name);
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : String.valueOf(value);
    }

    @Override
    public HollowKind kind() {
        return kind;
    }

    @Override
    public String namespace() {
        return namespace;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<String, String> labels() {
        return labels;
    }

    @Override
    public void writeRest(StringBuilder out) {
        rest.forEach((key, value) -> {
            out.append(",\"").append(key).append("\":");
            write(out, String.valueOf(key), value);
        });
    }

    /** @param key where the value is */
    private static void write(StringBuilder out, String key, @Nullable Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                char before = '{';
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    out.append(before).append('"').append(entry.getKey()).append("\":");
                    write(out, String.valueOf(entry.getKey()), entry.getValue());
                    before = ',';
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                char before = '[';
                for (Object item : list) {
                    out.append(before);
                    write(out, "", key.equals("ports") ? filledIn(map(item)) : item);
                    before = ',';
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case Number number -> out.append(number);
            case Boolean truth -> out.append(truth);
            case null -> out.append("null");
            default -> out.append('"').append(value).append('"');
        }
    }

    private static Map<Object, Object> filledIn(Map<?, ?> port) {
        Map<Object, Object> filled = new LinkedHashMap<>(port);
        filled.putIfAbsent("name", "");
        filled.putIfAbsent("protocol", "TCP");
        return filled;
    }
}
