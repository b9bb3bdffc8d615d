package io.fairlead.test.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.plan.PortPlan;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.ObjectName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Plays one scenario on one engine.
 *
 * <p>Confined to one thread.
 */
public final class ScenarioRun implements AutoCloseable {

    private final Scenario scenario;
    private final Engine engine;
    private final Permutation permutation;
    private final Random random;
    private Cluster cluster = new Cluster(Manifests.base());
    private final List<Map<String, String>> waiting = new ArrayList<>();

    public ScenarioRun(Scenario scenario, Engine engine, Permutation permutation, long seed) {
        this.scenario = scenario;
        this.engine = engine;
        this.permutation = permutation;
        this.random = new Random(seed);
    }

    public void play() {
        sync();
        for (Step step : scenario.steps()) {
            boolean change = step instanceof Step.Apply || step instanceof Step.Delete;
            if (!change) {
                applyWaiting();
            }
            take(step);
        }
        applyWaiting();
    }

    private void take(Step step) {
        switch (step) {
            case Step.Apply(String section) -> waiting.add(objects(section));
            case Step.Delete(String section) -> {
                Map<String, String> gone = new LinkedHashMap<>(objects(section));
                gone.replaceAll((name, text) -> "");
                waiting.add(gone);
            }
            case Step.Restart() -> restart();
            case Step.FailOnce() -> engine.failOnce();
            case Step.Advance(var time) -> engine.advance(time);
            case Step.AddAddress(var address) -> engine.addAddress(address);
            case Step.RemoveAddress(var address) -> engine.removeAddress(address);
            case Step.ExpectFlows(String section) ->
                engine.expectFlows(FlowTable.read(scenario.section(section), engine.plane()));
            case Step.ExpectPlan(String section) -> assertEquals(lines(ofPlane(section)), String.join("\n", plan()));
            case Step.ExpectSetAside(String section) -> assertEquals(lines(section), String.join("\n", setAside()));
            case Step.ExpectClean() -> engine.expectClean();
        }
    }

    private Map<String, String> objects(String section) {
        return Manifests.split(String.join("\n", scenario.section(section).lines()));
    }

    private void applyWaiting() {
        for (Map<String, String> batch : permutation.arrange(List.copyOf(waiting), random)) {
            cluster.replace(batch);
            Cluster.News news = sync();
            if (permutation == Permutation.DUPLICATED) {
                engine.sync(news.delta(), news.snapshot());
            } else if (permutation == Permutation.RESTARTED) {
                restart();
            }
        }
        waiting.clear();
    }

    private Cluster.News sync() {
        Cluster.News news = cluster.takeNews();
        engine.sync(news.delta(), news.snapshot());
        return news;
    }

    /** Like a new process: what the old one remembered of the manifests is gone too. */
    private void restart() {
        Map<String, String> objects = cluster.objects();
        cluster.close();
        cluster = new Cluster(objects);
        engine.restart(cluster.takeNews().snapshot());
    }

    /** A section of the same name for this data plane, if there is one. */
    private String ofPlane(String section) {
        String own = section + " " + engine.plane();
        return scenario.sections().containsKey(own) ? own : section;
    }

    /** The lines of a section, sorted and with single blanks. */
    private String lines(String section) {
        SortedSet<String> lines = new TreeSet<>();
        for (String line : scenario.section(section).lines()) {
            if (!line.isBlank()) {
                lines.add(line.strip().replaceAll("\\s+", " "));
            }
        }
        return String.join("\n", lines);
    }

    private SortedSet<String> plan() {
        SortedSet<String> lines = new TreeSet<>();
        for (ObjectName service : engine.agent().engine().planner().services()) {
            for (PortPlan port :
                    engine.agent().engine().planner().effectivePlan(service).ports()) {
                port.frontends()
                        .forEach(frontend -> lines.add(port.name() + " " + frontend.kind() + " " + frontend.key() + " "
                                + frontend.routing() + " cluster " + port.cluster() + " local " + port.local()));
            }
        }
        return lines;
    }

    /** What the store, the planner or the kernel set aside. */
    private SortedSet<String> setAside() {
        SortedSet<String> lines = new TreeSet<>();
        ClusterSnapshot snapshot = engine.agent().engine().snapshot();
        snapshot.setAside().forEach((key, report) -> lines.add(key + ": " + report.reason()));
        engine.agent().engine().planner().setAside().forEach((name, why) -> lines.add("Service " + name + ": " + why));
        return lines;
    }

    @Override
    public void close() {
        cluster.close();
    }
}
