package io.fairlead.test.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Alerts and dashboards, as the chart renders them, judged by promtool and by the documents for operators.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
final class ChartMonitoringIT {

    /** By the file of rules that they are for, as the chart has it. */
    private static final Map<String, Path> ALERT_TESTS = Map.of(
            "alerts.yaml", Path.of("resources/chart/alerts.promtool.yaml"),
            "ingress-alerts.yaml", Path.of("resources/chart/ingress-alerts.promtool.yaml"));

    private static final Map<String, String> RULES =
            Map.of("alerts.yaml", "routing-proxy", "ingress-alerts.yaml", "routing-ingress");

    private static final List<String> PROGRAMS = List.of("proxy", "ingress");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9_]+)` \\| (counter|gauge|histogram) \\|");
    private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");

    /** Not names of metrics: matchers of labels, lists of labels, functions, and words and numbers of the language. */
    private static final Pattern OTHER =
            Pattern.compile("\\{[^}]*}|\\b(?:by|on|without|ignoring)\\s*\\([^)]*\\)|\\[[^]]*]|[a-z_]+\\s*\\(");

    private static final Pattern NAME = Pattern.compile("(?<![\\w.])[a-z_:][a-z0-9_:]*");

    /** Of PromQL, and what Prometheus itself knows of a target. */
    private static final Set<String> NOT_OURS = Set.of("up", "or", "and", "unless", "on", "by", "bool");

    @TempDir
    private Path folder;

    private List<Tree> objects = List.of();

    @BeforeEach
    void render() {
        objects = ValueSet.MONITORED.objects(Judge.helm(folder));
    }

    private Tree rules(String file) {
        return ValueSet.object(objects, "PrometheusRule", RULES.getOrDefault(file, ""))
                .at("spec");
    }

    private List<Tree> alerts() {
        return RULES.keySet().stream()
                .flatMap(file -> rules(file).at("groups").list().stream())
                .flatMap(group -> group.at("rules").list().stream())
                .toList();
    }

    private Tree dashboard(String program) {
        Tree map = ValueSet.object(objects, "ConfigMap", "routing-" + program + "-dashboard");
        return Tree.parse(map.at("data").child("fairlead-" + program + ".json").text());
    }

    private List<String> dashboardExpressions() {
        return PROGRAMS.stream()
                .flatMap(program -> dashboard(program).at("panels").list().stream())
                .flatMap(panel -> panel.at("targets").list().stream())
                .map(target -> target.at("expr").text().replace("$__rate_interval", "5m"))
                .toList();
    }

    @Test
    void alertsFireWhenTheyShouldAndElseNot() throws IOException {
        Judge promtool = Judge.promtool(folder);
        for (Map.Entry<String, Path> tests : ALERT_TESTS.entrySet()) {
            Files.writeString(
                    folder.resolve(tests.getKey()), rules(tests.getKey()).print());
            promtool.run("check", "rules", "--lint-fatal", tests.getKey()).expectSuccess();
            String copy = "tests-of-" + tests.getKey();
            Files.copy(tests.getValue(), folder.resolve(copy));
            promtool.run("test", "rules", copy).expectSuccess();
        }
    }

    /** Each alert is seen to fire and not to fire. */
    @Test
    void everyAlertIsTestedBothWays() {
        SortedSet<String> fires = new TreeSet<>();
        SortedSet<String> rests = new TreeSet<>();
        ALERT_TESTS.values().stream()
                .flatMap(file -> Tree.parse(Chart.read(file)).at("tests").list().stream())
                .flatMap(situation -> situation.at("alert_rule_test").list().stream())
                .forEach(test -> {
                    boolean some = !test.at("exp_alerts").list().isEmpty();
                    (some ? fires : rests).add(test.at("alertname").text());
                });
        SortedSet<String> all = names();
        assertEquals(all, fires, "fire");
        assertEquals(all, rests, "do not fire");
    }

    private SortedSet<String> names() {
        return alerts().stream().map(alert -> alert.at("alert").text()).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyAlertHasItsPlaceInTheRunbook() {
        Path runbook = Chart.ROOT.resolve("docs/operate/alerts.md");
        SortedSet<String> explained = Chart.read(runbook)
                .lines()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring("## ".length()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(names(), explained);
        for (Tree alert : alerts()) {
            String anchor = alert.at("alert").text().toLowerCase(Locale.ROOT);
            assertEquals(
                    "docs/operate/alerts.md#" + anchor,
                    alert.at("annotations.runbook").text());
            assertTrue(alert.find("annotations.summary").isPresent(), anchor);
            assertTrue(
                    Set.of("info", "warning", "critical")
                            .contains(alert.at("labels.severity").text()),
                    anchor);
        }
    }

    @Test
    void dashboardsAreUnderstoodByPrometheus() throws IOException {
        List<Map<String, String>> rules = new ArrayList<>();
        for (String expression : dashboardExpressions()) {
            rules.add(Map.of("record", "panel:" + rules.size(), "expr", expression));
        }
        assertFalse(rules.isEmpty());
        Tree group = new Tree(Map.of("groups", List.of(Map.of("name", "panels", "rules", rules))));
        Files.writeString(folder.resolve("panels.yaml"), group.print());
        String said =
                Judge.promtool(folder).run("check", "rules", "panels.yaml").expectSuccess();
        assertTrue(said.contains("SUCCESS: " + rules.size() + " rules found"), said);
    }

    @Test
    void dashboardsHoldTogether() {
        for (String program : PROGRAMS) {
            Set<String> ids = new HashSet<>();
            Set<String> places = new HashSet<>();
            for (Tree panel : dashboard(program).at("panels").list()) {
                String title = panel.at("title").text();
                assertTrue(ids.add(panel.at("id").text()), title);
                assertTrue(
                        places.add(panel.at("gridPos.x").text() + " "
                                + panel.at("gridPos.y").text()),
                        title);
                assertEquals("${datasource}", panel.at("datasource.uid").text(), title);
                assertTrue(panel.find("description").isPresent(), title);
            }
            String label = ValueSet.object(objects, "ConfigMap", "routing-" + program + "-dashboard")
                    .at("metadata.labels.grafana_dashboard")
                    .text();
            assertEquals("1", label);
        }
    }

    /** No alert and no panel asks for what no program counts. */
    @Test
    void everyMetricExists() {
        Set<String> documented = new HashSet<>();
        ROW.matcher(Chart.read(Chart.ROOT.resolve("docs/operate/metrics.md")))
                .results()
                .forEach(row -> {
                    boolean histogram = row.group(2).equals("histogram");
                    Stream.of(histogram ? new String[] {"_bucket", "_sum", "_count"} : new String[] {""})
                            .forEach(ending -> documented.add(row.group(1) + ending));
                });
        SortedSet<String> asked = new TreeSet<>();
        Stream.concat(alerts().stream().map(alert -> alert.at("expr").text()), dashboardExpressions().stream())
                .forEach(expression -> asked.addAll(metrics(expression)));
        assertTrue(asked.contains("fairlead_syncs_total"), asked.toString());
        assertTrue(asked.contains("fairlead_ingress_requests_total"), asked.toString());
        asked.removeAll(documented);
        assertEquals(Set.of(), asked);
    }

    private static List<String> metrics(String expression) {
        String bare = STRING.matcher(expression).replaceAll("");
        // Twice: what stands in brackets may have brackets.
        bare = OTHER.matcher(OTHER.matcher(bare).replaceAll(" ")).replaceAll(" ");
        return NAME.matcher(bare)
                .results()
                .map(name -> name.group())
                .filter(name -> !NOT_OURS.contains(name))
                .toList();
    }
}
