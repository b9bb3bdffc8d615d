package io.fairlead.test.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits manifests into objects, each under a name made of its kind, namespace and name.
 *
 * <p>Thread-safe: pure functions.
 */
public final class Manifests {

    private static final Pattern KIND = Pattern.compile("(?m)^kind: *(\\S+)");
    private static final Pattern NAME = Pattern.compile("(?s)metadata:.*?\\bname: *\"?([^,}\\s\"]+)");
    private static final Pattern NAMESPACE = Pattern.compile("\\bnamespace: *([^,}\\s]+)");

    private Manifests() {}

    /** Objects by name, in their order. */
    public static Map<String, String> split(String text) {
        Map<String, String> objects = new LinkedHashMap<>();
        for (String document : text.split("(?m)^---\\s*$", -1)) {
            if (!document.isBlank()) {
                objects.put(key(document), document);
            }
        }
        return objects;
    }

    private static String key(String document) {
        Matcher namespace = NAMESPACE.matcher(document);
        return find(KIND, document) + "-" + (namespace.find() ? namespace.group(1) : "default") + "-"
                + find(NAME, document) + ".yaml";
    }

    private static String find(Pattern pattern, String document) {
        Matcher matcher = pattern.matcher(document);
        if (!matcher.find()) {
            throw new IllegalArgumentException("a manifest without kind and metadata.name: " + document);
        }
        return matcher.group(1);
    }

    /** What every cluster begins with. */
    public static Map<String, String> base() {
        Map<String, String> objects = new LinkedHashMap<>();
        for (String file : List.of("node.yaml", "service-cidr.yaml")) {
            objects.putAll(split(resource("/cluster/" + file)));
        }
        return objects;
    }

    private static String resource(String name) {
        try (InputStream bytes = Manifests.class.getResourceAsStream(name)) {
            if (bytes == null) {
                throw new IllegalStateException("there is no resource " + name);
            }
            return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
