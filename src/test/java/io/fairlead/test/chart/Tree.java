package io.fairlead.test.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A parsed YAML or JSON document, or a part of one.
 *
 * <p>Immutable: nobody changes what it stands on.
 *
 * @param value a map, a list, a scalar or nothing
 */
record Tree(@Nullable Object value) {

    private static LoadSettings settings() {
        return LoadSettings.builder().setAllowDuplicateKeys(false).build();
    }

    static Tree parse(String text) {
        return new Tree(new Load(settings()).loadFromString(text));
    }

    /** The documents of a stream that say something. */
    static List<Tree> parseAll(String text) {
        List<Tree> documents = new ArrayList<>();
        for (Object document : new Load(settings()).loadAllFromString(text)) {
            if (document != null) {
                documents.add(new Tree(document));
            }
        }
        return documents;
    }

    /** As YAML. */
    String print() {
        return new Dump(DumpSettings.builder().build()).dumpToString(value);
    }

    /** Below a path of keys and indices, with dots. */
    Tree at(String path) {
        Tree found = this;
        for (String step : path.split("[.]", -1)) {
            found = found.child(step);
        }
        return found;
    }

    Tree child(String step) {
        return switch (value) {
            case Map<?, ?> map -> new Tree(map.get(step));
            case List<?> list -> new Tree(list.get(Integer.parseInt(step)));
            case null, default -> new Tree(null);
        };
    }

    boolean isPresent() {
        return value != null;
    }

    String text() {
        return String.valueOf(value);
    }

    Optional<String> find(String path) {
        return Optional.ofNullable(at(path).value()).map(String::valueOf);
    }

    /** Its elements; none if it is no list. */
    List<Tree> list() {
        List<Tree> elements = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(element -> elements.add(new Tree(element)));
        }
        return elements;
    }

    /** Its keys; none if it is no map. */
    List<String> keys() {
        List<String> keys = new ArrayList<>();
        if (value instanceof Map<?, ?> map) {
            map.keySet().forEach(key -> keys.add(String.valueOf(key)));
        }
        return keys;
    }
}
