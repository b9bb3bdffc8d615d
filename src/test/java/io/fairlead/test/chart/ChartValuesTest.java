package io.fairlead.test.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Values, their schema and their documents say the same.
 *
 * <p>Confined to the test thread.
 */
final class ChartValuesTest {

    private static final Path README = Chart.FOLDER.resolve("README.md");
    private static final Pattern COMMENT = Pattern.compile("^ *# (.*)$");
    private static final Pattern KEY = Pattern.compile("^( *)([A-Za-z_]+):.*$");
    private static final Pattern FIELD_ROW =
            Pattern.compile("(?m)^\\| `([A-Za-z.]+)` \\| (?:same|better|no effect) \\|");
    private static final Pattern TABLE = Pattern.compile("(?s)(?<=<!-- values -->\n).*(?=<!-- end of values -->)");

    /** Has fields of its own, which kube-proxy's page explains. */
    private static final String CONFIG = "proxy.config";

    private final Tree schema = Tree.parse(Chart.read(Chart.SCHEMA));
    private final Tree values = Tree.parse(Chart.read(Chart.VALUES));

    /** By their paths: the comment above each value. */
    private static Map<String, String> comments() {
        Map<String, String> comments = new LinkedHashMap<>();
        List<String> path = new ArrayList<>();
        String comment = "";
        for (String line : Chart.read(Chart.VALUES).lines().toList()) {
            Matcher text = COMMENT.matcher(line);
            Matcher key = KEY.matcher(line);
            if (text.matches()) {
                assertEquals("", comment, "two lines of comment: " + line);
                comment = text.group(1);
            } else if (key.matches()) {
                path = new ArrayList<>(path.subList(0, key.group(1).length() / 2));
                path.add(key.group(2));
                comments.put(String.join(".", path), comment);
                comment = "";
            }
        }
        return comments;
    }

    private Tree property(String path) {
        Tree found = schema;
        for (String step : path.split("[.]", -1)) {
            found = found.at("properties").child(step);
        }
        return found;
    }

    @Test
    void everyValueIsExplainedByItsSchema() {
        Map<String, String> explained = new LinkedHashMap<>();
        comments()
                .keySet()
                .forEach(path ->
                        explained.put(path, property(path).find("description").orElse("")));
        explained.remove("monitoring.dashboard.labels.grafana_dashboard");
        Map<String, String> comments = comments();
        comments.remove("monitoring.dashboard.labels.grafana_dashboard");
        assertEquals(lines(explained), lines(comments));
        assertFalse(comments.containsValue(""), "a value without a comment");
    }

    private static String lines(Map<String, String> texts) {
        return texts.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining("\n"));
    }

    @Test
    void schemaKnowsNoValueThatHasNoDefault() {
        SortedSet<String> known = new TreeSet<>();
        leaves(schema, "", known);
        known.removeIf(path -> path.startsWith(CONFIG + ".") || path.contains(".affinity."));
        // Shared values of a parent chart, and what is better left out.
        known.removeIf(path -> path.equals("global") || path.endsWith(".resources.limits.cpu"));
        SortedSet<String> preset = new TreeSet<>(comments().keySet());
        known.removeIf(path -> values.at(path).isPresent());
        assertEquals(new TreeSet<>(), known);
        assertTrue(preset.contains("proxy.kubeProxy.replace"), preset.toString());
    }

    private static void leaves(Tree schema, String path, SortedSet<String> into) {
        List<String> keys = schema.at("properties").keys();
        if (keys.isEmpty()) {
            into.add(path);
        }
        keys.forEach(key -> leaves(schema.at("properties").child(key), path.isEmpty() ? key : path + "." + key, into));
    }

    @Test
    void nothingUnknownIsAllowed() {
        List<String> open = new ArrayList<>();
        collectOpen(schema, "", open);
        assertEquals(List.of(), open);
    }

    private static void collectOpen(Tree schema, String path, List<String> open) {
        List<String> keys = schema.at("properties").keys();
        if (!keys.isEmpty() && !schema.at("additionalProperties").equals(new Tree(false))) {
            open.add(path);
        }
        keys.forEach(key -> collectOpen(schema.at("properties").child(key), path + "/" + key, open));
    }

    @Test
    void configHasTheFieldsOfKubeProxy() {
        SortedSet<String> known = new TreeSet<>();
        leaves(property(CONFIG), "", known);
        SortedSet<String> documented = FIELD_ROW
                .matcher(Chart.read(Chart.ROOT.resolve("docs/operate/kube-proxy.md")))
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(String.join("\n", documented), String.join("\n", known));
    }

    @Test
    void readmeHasEveryValue() {
        String readme = Chart.read(README);
        String table = TABLE.matcher(readme).replaceAll(Matcher.quoteReplacement(table()));
        assertEquals(Chart.golden(README, table), table);
    }

    private String table() {
        StringBuilder table = new StringBuilder("| value | default | meaning |\n|---|---|---|\n");
        for (String path : comments().keySet()) {
            boolean leaf = comments().keySet().stream().noneMatch(other -> other.startsWith(path + "."));
            if (leaf) {
                String meaning = comments().getOrDefault(path, "");
                table.append("| `%s` | %s | %s |%n".formatted(path, preset(values.at(path)), meaning));
            }
        }
        return table.toString();
    }

    private static String preset(Tree value) {
        boolean empty = value.text().isEmpty();
        return empty ? "–" : "`" + value.text().replace("=", ": ") + "`";
    }

    @Test
    void chartHasTheVersionOfTheProject() {
        String pom = Chart.read(Chart.ROOT.resolve("pom.xml"));
        Matcher version = Pattern.compile("<artifactId>fairlead-parent</artifactId>\\s*<version>(.*?)</version>")
                .matcher(pom);
        assertTrue(version.find());
        Path file = Chart.FOLDER.resolve("Chart.yaml");
        assertEquals(Optional.of(version.group(1)), Chart.after(file, "appVersion:"));
        assertEquals(Optional.of(version.group(1)), Chart.after(file, "version:"));
    }
}
