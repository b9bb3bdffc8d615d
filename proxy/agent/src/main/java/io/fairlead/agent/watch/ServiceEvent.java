package io.fairlead.agent.watch;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.runtime.table.StructureWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A Service that came, changed or went.
 *
 * <p>Immutable.
 *
 * @param kind {@code planned}, {@code changed} or {@code removed}
 * @param service namespace and name
 * @param frontends those that came, went, or treat their clients differently
 * @param backends those that came or went
 */
record ServiceEvent(Instant time, String kind, String service, Difference frontends, Difference backends)
        implements WatchEvent {

    /** More than these are counted in a line. */
    private static final int SHOWN = 8;

    /**
     * Two sets compared, as texts.
     *
     * <p>Immutable.
     */
    record Difference(List<String> came, List<String> went, List<String> changed) {

        private void addTo(List<String> words) {
            add("+", came, words);
            add("-", went, words);
            add("~", changed, words);
        }

        private static void add(String sign, List<String> names, List<String> words) {
            names.stream().limit(SHOWN).forEach(name -> words.add(sign + name));
            if (names.size() > SHOWN) {
                words.add(sign + "(" + (names.size() - SHOWN) + " more)");
            }
        }

        private void write(String name, StructureWriter out) {
            out.name(name).beginObject();
            write("came", came, out);
            write("went", went, out);
            write("changed", changed, out);
            out.endObject();
        }

        private static void write(String name, List<String> values, StructureWriter out) {
            out.name(name).beginArray();
            values.forEach(out::value);
            out.endArray();
        }
    }

    static ServiceEvent of(Instant time, ServiceChange change) {
        boolean came = change.before().isNothing();
        boolean went = change.after().isNothing();
        return new ServiceEvent(
                time,
                came ? "planned" : went ? "removed" : "changed",
                change.after().service().toString(),
                frontends(change),
                backends(change));
    }

    private static Difference frontends(ServiceChange change) {
        Map<FrontendKey, String> before = frontends(change.before());
        Map<FrontendKey, String> after = frontends(change.after());
        List<String> came = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        after.forEach((key, treatment) -> {
            String former = before.get(key);
            if (former == null) {
                came.add(key.toString());
            } else if (!former.equals(treatment)) {
                changed.add(key.toString());
            }
        });
        List<String> went = before.keySet().stream()
                .filter(key -> !after.containsKey(key))
                .map(FrontendKey::toString)
                .toList();
        return new Difference(came, went, changed);
    }

    /** With how each treats its clients. */
    private static Map<FrontendKey, String> frontends(ServicePlan plan) {
        Map<FrontendKey, String> frontends = new LinkedHashMap<>();
        for (PortPlan port : plan.ports()) {
            for (Frontend frontend : port.frontends()) {
                frontends.put(
                        frontend.key(),
                        frontend.kind() + " " + frontend.routing() + " " + frontend.sourceRanges() + " "
                                + port.affinitySeconds());
            }
        }
        return frontends;
    }

    private static Difference backends(ServiceChange change) {
        SortedSet<Backend> before = backends(change.before());
        SortedSet<Backend> after = backends(change.after());
        return new Difference(without(after, before), without(before, after), List.of());
    }

    private static SortedSet<Backend> backends(ServicePlan plan) {
        SortedSet<Backend> backends = new TreeSet<>();
        for (PortPlan port : plan.ports()) {
            backends.addAll(port.cluster());
            backends.addAll(port.local());
        }
        return backends;
    }

    private static List<String> without(SortedSet<Backend> some, SortedSet<Backend> others) {
        return some.stream()
                .filter(backend -> !others.contains(backend))
                .map(Backend::toString)
                .toList();
    }

    @Override
    public void writeText(Appendable out) {
        List<String> words = new ArrayList<>();
        frontends.addTo(words);
        backends.addTo(words);
        try {
            out.append(WatchEvent.head(time, kind)).append(service);
            out.append("  ")
                    .append(words.isEmpty() ? "details" : String.join(" ", words))
                    .append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(StructureWriter out) {
        out.beginObject().member("time", time.toString()).member("event", kind).member("service", service);
        frontends.write("frontends", out);
        backends.write("backends", out);
        out.endObject();
    }
}
