package io.fairlead.ingress.translate;

import static io.fairlead.ingress.translate.Texts.annotated;
import static io.fairlead.ingress.translate.Texts.ingress;
import static io.fairlead.ingress.translate.Texts.name;
import static io.fairlead.ingress.translate.Texts.rules;
import static io.fairlead.ingress.translate.Texts.service;
import static io.fairlead.ingress.translate.Texts.slice;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.ingress.destination.DestinationPolicy;
import io.fairlead.ingress.resource.IngressBackend;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.route.HostMatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** On random clusters, what became of all changes one after another is what the last snapshot means by itself. */
final class TranslatorPropertyTest {

    private static final IngressSettings SETTINGS = new IngressSettings(
            IngressSettings.DEFAULT.classes(),
            IngressSettings.DEFAULT.policy(),
            IngressSettings.DEFAULT.redirects(),
            new IngressSettings.DefaultBackend("one", new IngressBackend.OfService("a", "http", 0)),
            IngressSettings.DEFAULT.endpoints());

    private static final List<String> NAMES = List.of("one/a", "one/b", "one/c", "two/a", "two/b");
    private static final List<String> HOSTS = List.of("-", "a.com", "x.a.com", "*.a.com", "b.com", "Bad");
    private static final List<String> PATHS =
            List.of("/", "=/", "/x", "/x/", "~/x", "=/x", "bad", "/.well-known", "/.well-known/acme-challenge/t");
    private static final List<String> BACKENDS = List.of("a:80", "a:http", "b:80", "c:81", "bucket");
    private static final List<String> ANNOTATIONS = List.of(
            annotated("ssl-redirect", "false"),
            annotated("ssl-redirect", "maybe"),
            annotated("force-ssl-redirect", "true"),
            annotated("ssl-passthrough", "true"),
            annotated("backend-tls-ca-secret", "s1", "backend-protocol", "HTTPS"),
            annotated("rewrite-prefix", "/new"),
            annotated("unknown", "x"));

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private DestinationPolicy policy = Stage.POLICY;

    @Test
    void theWayThereDoesNotMatter() {
        Set<String> seen = new HashSet<>();
        for (int round = 0; round < 25; round++) {
            policy = Stage.POLICY;
            try (Cluster cluster = new Cluster()) {
                cluster.apply(Texts.CLASSES);
                IngressTranslator translator = new IngressTranslator(SETTINGS, Cluster.ANNOTATIONS, () -> policy);
                Translation before = Translation.EMPTY;
                for (int step = 0; step < 40; step++) {
                    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                        change(cluster);
                    }
                    Cluster.Moment moment = cluster.moment();
                    IngressTranslator.Result result = translator.translate(moment.delta(), moment.snapshot());
                    String about = "seed " + seed + ", round " + round + ", step " + step;
                    assertEquals(described(fromScratch(moment.snapshot())), described(result.translation()), about);
                    assertSame(before, result, about);
                    before = result.translation();
                    result.translation()
                            .problems()
                            .values()
                            .forEach(list -> list.forEach(
                                    problem -> seen.add(problem.reason().label())));
                }
            }
        }
        // Else the test tests too little.
        assertTrue(seen.size() >= 9, "seed " + seed + ": " + seen);
    }

    private Translation fromScratch(ClusterSnapshot snapshot) {
        return new IngressTranslator(SETTINGS, Cluster.ANNOTATIONS, () -> policy)
                .translate(ClusterDelta.fromEmpty(snapshot), snapshot)
                .translation();
    }

    /** All that a translation says, in a form that can be compared. */
    private static Map<String, Object> described(Translation translation) {
        Map<String, Object> all = new TreeMap<>();
        all.put("routes", routes(translation));
        all.put("backends", new HashMap<>(translation.backends()));
        all.put("tls", new HashMap<>(translation.tls()));
        all.put("served", new TreeSet<>(translation.served()));
        all.put("problems", new TreeMap<>(translation.problems()));
        all.put("secrets", new TreeSet<>(translation.secrets()));
        return all;
    }

    /** By host, those that get requests and then those that do not. */
    private static Map<HostMatch, List<Object>> routes(Translation translation) {
        Map<HostMatch, List<Object>> routes = new HashMap<>();
        translation
                .routes()
                .routes()
                .forEach(route -> routes.computeIfAbsent(route.host(), _ -> new ArrayList<>())
                        .add(route));
        translation
                .routes()
                .shadowed()
                .forEach(shadowed -> routes.computeIfAbsent(shadowed.loser().host(), _ -> new ArrayList<>())
                        .add(shadowed));
        return routes;
    }

    /** The difference names exactly what differs. */
    private static void assertSame(Translation before, IngressTranslator.Result result, String about) {
        Translation now = result.translation();
        TranslationDelta delta = result.delta();
        assertEquals(differing(before.backends(), now.backends()), delta.backends(), about);
        assertEquals(differing(before.tls(), now.tls()), delta.tls(), about);
        assertEquals(differing(before.problems(), now.problems()), delta.problems(), about);
        assertEquals(!before.secrets().equals(now.secrets()), delta.secrets(), about);
        assertEquals(!routes(before).equals(routes(now)), delta.routes(), about);
    }

    private static <K, V> Set<K> differing(Map<K, V> before, Map<K, V> now) {
        Set<K> keys = new HashSet<>(before.keySet());
        keys.addAll(now.keySet());
        keys.removeIf(key -> before.containsKey(key)
                && now.containsKey(key)
                && before.get(key).equals(now.get(key)));
        return keys;
    }

    private void change(Cluster cluster) {
        String name = pick(NAMES);
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> cluster.apply(randomIngress(name));
            case 4 -> cluster.delete(IngressKinds.INGRESS.kind(), name);
            case 5 -> cluster.apply(randomService(name));
            case 6 -> cluster.delete(ClusterKind.SERVICE, name);
            case 7, 8 -> cluster.apply(randomSlice(name));
            case 9 -> cluster.delete(ClusterKind.ENDPOINT_SLICE, name + "-1");
            case 10 -> secret(cluster, name.substring(0, name.indexOf('/')) + "/s" + random.nextInt(3));
            default -> other(cluster);
        }
    }

    private void secret(Cluster cluster, String name) {
        switch (random.nextInt(3)) {
            case 0 -> cluster.setAside(IngressKinds.SECRET.kind(), name(name), "reason " + random.nextInt(2));
            case 1 -> cluster.delete(IngressKinds.SECRET.kind(), name);
            default ->
                cluster.apply("{apiVersion: v1, kind: Secret, metadata: {namespace: %s, name: %s}}"
                        .formatted(name(name).namespace(), name(name).name()));
        }
    }

    private void other(Cluster cluster) {
        switch (random.nextInt(4)) {
            case 0 -> cluster.apply(Texts.CLASSES);
            case 1 -> cluster.delete(IngressKinds.INGRESS_CLASS.kind(), "fairlead");
            case 2 -> cluster.setAside(IngressKinds.INGRESS.kind(), name(pick(NAMES)), "reason");
            default ->
                policy = new DestinationPolicy(
                        random.nextBoolean() ? Set.of() : Set.of(IpAddress.parse("10.0.0.1")), Set.of(8080), List.of());
        }
    }

    private String randomIngress(String name) {
        String meta = Texts.created(random.nextInt(3)) + (random.nextInt(3) == 0 ? ", " + pick(ANNOTATIONS) : "");
        List<String> parts = new ArrayList<>();
        if (random.nextInt(5) > 0) {
            String[] rules = new String[1 + random.nextInt(2)];
            for (int i = 0; i < rules.length; i++) {
                StringBuilder rule = new StringBuilder(pick(HOSTS));
                for (int paths = random.nextInt(4); paths > 0; paths--) {
                    rule.append(' ').append(pick(PATHS)).append(' ').append(pick(BACKENDS));
                }
                rules[i] = rule.toString();
            }
            parts.add(rules(rules));
        }
        if (random.nextInt(3) == 0) {
            parts.add(Texts.defaultBackend(pick(BACKENDS)));
        }
        if (random.nextInt(2) == 0) {
            String hosts =
                    random.nextInt(3) == 0 ? "" : "hosts: ['" + pick(HOSTS).replace("-", "a.com") + "']";
            String secret = random.nextInt(4) == 0 ? "" : "secretName: s" + random.nextInt(3);
            parts.add("tls: [{" + hosts + (hosts.isEmpty() || secret.isEmpty() ? "" : ", ") + secret + "}]");
        }
        Collections.shuffle(parts, random);
        String text = ingress(name, meta, String.join(", ", parts));
        return random.nextInt(8) == 0 ? text.replace("ingressClassName: fairlead", "ingressClassName: other") : text;
    }

    private String randomService(String name) {
        return switch (random.nextInt(4)) {
            case 0 -> service(name, "type: ExternalName, externalName: db.example.com");
            case 1 -> service(name, "clusterIP: None");
            case 2 -> service(name, "clusterIP: 172.30.0.1, ports: [{name: http, port: 80, appProtocol: grpc}]");
            default -> service(name, "clusterIP: 172.30.0.1, ports: [{name: http, port: 80}, {name: b, port: 81}]");
        };
    }

    private String randomSlice(String name) {
        String address = "10.0.0." + (1 + random.nextInt(3));
        String conditions = "conditions: {ready: " + random.nextBoolean() + ", serving: true, terminating: true}";
        return slice(
                name, "http", 8080 + random.nextInt(2), "{addresses: [\"%s\"], %s}".formatted(address, conditions));
    }

    private <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
