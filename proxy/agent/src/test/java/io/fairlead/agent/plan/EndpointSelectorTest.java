package io.fairlead.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.fairlead.cluster.model.Endpoint;
import io.fairlead.cluster.model.EndpointPort;
import io.fairlead.cluster.model.EndpointSlice;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rows 8 to 10 and 17 to 24 of the services facts.
 *
 * <p>An endpoint is written {@code 1@node-1 ready}: last number of its address, node, condition, and hints as {@code
 * zone=} and {@code node=}.
 *
 * <p>Confined to the test thread.
 */
class EndpointSelectorTest {

    private static final ObjectName WEB = new ObjectName("default", "web");
    private static final ServicePortName HTTP = new ServicePortName(WEB, "http", Protocol.TCP);

    /** Endpoints in one slice unless a {@code --} begins another; expected lists, and how they were chosen. */
    record Row(String situation, List<String> endpoints, String cluster, String local, Selection selection) {

        @Override
        public String toString() {
            return situation;
        }
    }

    private static Row row(String situation, String cluster, String local, Selection selection, String... endpoints) {
        return new Row(situation, List.of(endpoints), cluster, local, selection);
    }

    static List<Row> conditions() {
        Selection ready = Selection.READY;
        Selection draining = Selection.TERMINATING;
        Selection none = Selection.NONE;
        return List.of(
                row("no slice", "", "", none),
                row("one ready here", "1", "1", ready, "1@node-1 ready"),
                row("one ready elsewhere", "1", "", ready, "1@node-2 ready"),
                row("ready here and elsewhere", "1 2", "1", ready, "1@node-1 ready", "2@node-2 ready"),
                row("node unknown is elsewhere", "1", "", ready, "1@ ready"),
                row("sorted by address", "1 2 10", "2 10", ready, "10@node-1 ready", "2@node-1 ready", "1@b ready"),
                row("not ready is not used", "2", "", ready, "1@node-1 not-ready", "2@node-2 ready"),
                row("none ready", "", "", none, "1@node-1 not-ready", "2@node-2 not-ready"),
                row("ready before draining", "1", "1", ready, "1@node-1 ready", "2@node-1 draining"),
                row("draining without ready", "1 2", "1", draining, "1@node-1 draining", "2@node-2 draining"),
                row("gone without ready", "", "", none, "1@node-1 gone"),
                row("draining beside gone", "2", "2", draining, "1@node-1 gone", "2@node-1 draining"),
                row("serving but not ready does not drain", "", "", none, "1@node-1 serving"),
                row("serving beside draining", "2", "2", draining, "1@node-1 serving", "2@node-1 draining"),
                row("lists fall back apart", "2", "1", ready, "1@node-1 draining", "2@node-2 ready"),
                row("local ready, cluster ready", "1", "1", ready, "1@node-1 ready", "2@node-2 draining"),
                row("local gone, other ready", "2", "", ready, "1@node-1 gone", "2@node-2 ready"),
                row("both drain, local only here", "1 2", "2", draining, "1@b draining", "2@node-1 draining"),
                row("ready although terminating", "1", "1", ready, "1@node-1 published"));
    }

    static List<Row> hints() {
        Selection all = Selection.READY;
        Selection zone = Selection.SAME_ZONE;
        Selection node = Selection.SAME_NODE;
        return List.of(
                row("zone hints", "1", "", zone, "1@b ready zone=zone-a", "2@b ready zone=zone-b"),
                row("one of several zones", "1 2", "", zone, "1@b ready zone=zone-b,zone-a", "2@c ready zone=zone-a"),
                row("no hint for our zone", "1 2", "", all, "1@b ready zone=zone-b", "2@c ready zone=zone-c"),
                row("a ready one without hint", "1 2", "", all, "1@b ready zone=zone-a", "2@c ready"),
                row("not ready needs no hint", "1", "", zone, "1@b ready zone=zone-a", "2@c not-ready"),
                row("draining needs no hint", "1", "", zone, "1@b ready zone=zone-a", "2@c draining"),
                row(
                        "hint of one that is not ready",
                        "2",
                        "",
                        all,
                        "1@b not-ready zone=zone-a",
                        "2@c ready zone=zone-b"),
                row(
                        "hints do not narrow draining",
                        "1 2",
                        "",
                        Selection.TERMINATING,
                        "1@b draining zone=zone-a",
                        "2@c draining zone=zone-b"),
                row("hints do not narrow local", "2", "1", zone, "1@node-1 ready zone=zone-b", "2@b ready zone=zone-a"),
                row("local without hint", "1 2", "1", all, "1@node-1 ready", "2@b ready zone=zone-a"),
                row("node hints", "1", "1", node, "1@node-1 ready node=node-1", "2@b ready node=node-2"),
                row(
                        "node hint for an endpoint elsewhere",
                        "2",
                        "",
                        node,
                        "1@b ready node=node-2",
                        "2@c ready node=node-1"),
                row(
                        "node before zone",
                        "1",
                        "1",
                        node,
                        "1@node-1 ready node=node-1 zone=zone-b",
                        "2@b ready node=node-2 zone=zone-a"),
                row(
                        "no node hint for us, zone serves",
                        "2",
                        "",
                        zone,
                        "1@b ready node=b zone=zone-b",
                        "2@c ready node=c zone=zone-a"),
                row(
                        "one without node hint, zone serves",
                        "1 2",
                        "",
                        zone,
                        "1@b ready node=node-1 zone=zone-a",
                        "2@c ready zone=zone-a"),
                row(
                        "neither hint for us",
                        "1 2",
                        "",
                        all,
                        "1@b ready node=b zone=zone-b",
                        "2@c ready node=c zone=zone-c"),
                row(
                        "node hint of one that is not ready",
                        "2",
                        "",
                        all,
                        "1@node-1 not-ready node=node-1",
                        "2@b ready node=node-2"));
    }

    static List<Row> copies() {
        Selection all = Selection.READY;
        return List.of(
                row("same in two slices", "1", "", all, "1@b ready", "--", "1@b ready"),
                row("same twice in a slice", "1 2", "", all, "1@b ready", "2@b ready", "1@b ready"),
                row("local copy wins", "1", "1", all, "1@b ready", "--", "1@node-1 ready"),
                row("local copy wins, listed first", "1", "1", all, "1@node-1 ready", "--", "1@b ready"),
                row(
                        "local copy wins though it is not ready",
                        "",
                        "",
                        Selection.NONE,
                        "1@b ready",
                        "--",
                        "1@node-1 not-ready"),
                row("ready copy wins", "1", "", all, "1@b not-ready", "--", "1@c ready"),
                row("draining copy wins over gone", "1", "", Selection.TERMINATING, "1@b gone", "--", "1@c draining"),
                row(
                        "draining copy wins over serving",
                        "1",
                        "",
                        Selection.TERMINATING,
                        "1@b serving",
                        "--",
                        "1@c draining"),
                row("slices add up", "1 2 3", "2", all, "1@b ready", "--", "2@node-1 ready", "--", "3@c ready"));
    }

    @ParameterizedTest
    @MethodSource({"conditions", "hints", "copies"})
    void selects(Row row) {
        List<EndpointSlice> slices = slices(row.endpoints);
        SelectedEndpoints selected = EndpointSelector.select(HTTP, IpFamily.IPV4, slices, Plans.NODE);
        assertEquals(row.cluster, numbers(selected.cluster()), "cluster");
        assertEquals(row.local, numbers(selected.local()), "local");
        assertEquals(row.selection, selected.selection());
        assertEquals(!row.cluster.isEmpty(), selected.any());
    }

    @Test
    void doesNotDependOnTheOrderOfSlicesAndEndpoints() {
        String[] conditions = {"ready", "not-ready", "serving", "draining", "gone", "published"};
        String[] hints = {"", "", " zone=zone-a", " zone=zone-b", " node=node-1", " node=node-2 zone=zone-a"};
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            List<List<Endpoint>> lists = new ArrayList<>(List.of(new ArrayList<>(), new ArrayList<>()));
            for (int i = 0; i < 8; i++) {
                String text = random.nextInt(5) + "@node-" + random.nextInt(3) + " "
                        + conditions[random.nextInt(conditions.length)]
                        + hints[random.nextInt(hints.length)];
                lists.get(random.nextInt(2)).add(endpoint(text));
            }
            SelectedEndpoints first = select(lists);
            for (int i = 0; i < 5; i++) {
                Collections.shuffle(lists, random);
                lists.forEach(list -> Collections.shuffle(list, random));
                assertEquals(first, select(lists), "seed " + seed + ": " + lists);
            }
        }
    }

    private static SelectedEndpoints select(List<List<Endpoint>> lists) {
        List<EndpointSlice> slices = lists.stream()
                .map(list -> slice(list, List.of(port("http", 8080))))
                .toList();
        return EndpointSelector.select(HTTP, IpFamily.IPV4, slices, Plans.NODE);
    }

    @Test
    void matchesPortsByNameAndProtocol() {
        List<Endpoint> endpoints = List.of(endpoint("1@node-1 ready"));
        List<EndpointPort> ports = List.of(
                port("http", 8080), port("metrics", 80), new EndpointPort("http", Protocol.UDP, 8081), port("", 8082));
        List<EndpointSlice> slices = List.of(slice(endpoints, ports));
        assertEquals("[10.180.0.1:8080]", cluster(new ServicePortName(WEB, "http", Protocol.TCP), slices));
        assertEquals("[10.180.0.1:8081]", cluster(new ServicePortName(WEB, "http", Protocol.UDP), slices));
        assertEquals("[10.180.0.1:8082]", cluster(new ServicePortName(WEB, "", Protocol.TCP), slices));
        assertEquals("[]", cluster(new ServicePortName(WEB, "https", Protocol.TCP), slices));
        assertEquals("[]", cluster(new ServicePortName(WEB, "metrics", Protocol.SCTP), slices));
    }

    @Test
    void namedTargetPortHasAnotherNumberInAnotherSlice() {
        List<EndpointSlice> slices = List.of(
                slice(List.of(endpoint("2@b ready")), List.of(port("http", 8080))),
                slice(List.of(endpoint("1@b ready")), List.of(port("http", 9090))),
                slice(List.of(endpoint("2@b ready")), List.of(port("http", 80))));
        assertEquals("[10.180.0.1:9090, 10.180.0.2:80, 10.180.0.2:8080]", cluster(HTTP, slices));
    }

    @Test
    void takesOnlyItsFamily() {
        Endpoint v6 = Plans.endpoint("fd00:10::1", true, true, false, "node-1");
        List<EndpointSlice> slices = List.of(
                slice(List.of(endpoint("1@b ready")), List.of(port("http", 8080))),
                slice(List.of(v6), List.of(port("http", 8080))));
        assertEquals("[10.180.0.1:8080]", cluster(HTTP, slices));
        SelectedEndpoints selected = EndpointSelector.select(HTTP, IpFamily.IPV6, slices, Plans.NODE);
        assertEquals("[[fd00:10::1]:8080]", selected.cluster().toString());
        assertEquals(selected.cluster(), selected.local());
    }

    @Test
    void nodeWithoutNameOrZoneIsNeverMeant() {
        NodeFacts nowhere = new NodeFacts("", "", List.of(), new LocalPods.Unknown(), false, true);
        List<EndpointSlice> slices = slices(List.of("1@ ready zone= node=", "2@b ready zone=zone-a node=b"));
        SelectedEndpoints selected = EndpointSelector.select(HTTP, IpFamily.IPV4, slices, nowhere);
        assertEquals("1 2", numbers(selected.cluster()));
        assertEquals("", numbers(selected.local()));
        assertFalse(selected.cluster().getFirst().local());
    }

    private static String cluster(ServicePortName port, List<EndpointSlice> slices) {
        return EndpointSelector.select(port, IpFamily.IPV4, slices, Plans.NODE)
                .cluster()
                .toString();
    }

    private static String numbers(List<Backend> backends) {
        return backends.stream()
                .map(backend -> backend.address().toString().replace("10.180.0.", ""))
                .collect(Collectors.joining(" "));
    }

    private static List<EndpointSlice> slices(List<String> endpoints) {
        List<EndpointSlice> slices = new ArrayList<>();
        List<Endpoint> current = new ArrayList<>();
        for (String endpoint : endpoints) {
            if (endpoint.equals("--")) {
                slices.add(slice(current, List.of(port("http", 8080))));
                current = new ArrayList<>();
            } else {
                current.add(endpoint(endpoint));
            }
        }
        slices.add(slice(current, List.of(port("http", 8080))));
        return slices;
    }

    private static EndpointSlice slice(List<Endpoint> endpoints, List<EndpointPort> ports) {
        IpFamily family = endpoints.isEmpty()
                ? IpFamily.IPV4
                : endpoints.getFirst().address().family();
        return new EndpointSlice(new ObjectName("default", "web-1"), WEB, family, endpoints, ports);
    }

    private static EndpointPort port(String name, int number) {
        return new EndpointPort(name, Protocol.TCP, number);
    }

    private static Endpoint endpoint(String text) {
        String[] words = text.split(" ", -1);
        String[] place = words[0].split("@", -1);
        String condition = words[1];
        boolean ready = condition.equals("ready") || condition.equals("published");
        boolean serving = ready || condition.equals("serving") || condition.equals("draining");
        boolean terminating = List.of("draining", "gone", "published").contains(condition);
        return new Endpoint(
                IpAddress.parse("10.180.0." + place[0]),
                ready,
                serving,
                terminating,
                place[1],
                hints(words, "zone="),
                hints(words, "node="));
    }

    private static List<String> hints(String[] words, String prefix) {
        return Arrays.stream(words)
                .filter(word -> word.startsWith(prefix))
                .flatMap(word -> Arrays.stream(word.substring(prefix.length()).split(",", -1)))
                .toList();
    }
}
