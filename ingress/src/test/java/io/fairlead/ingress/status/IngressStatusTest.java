package io.fairlead.ingress.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.write.StatusTarget;
import io.fairlead.ingress.translate.Cluster;
import io.fairlead.ingress.translate.Translation;
import io.fairlead.runtime.metrics.Metrics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which changes of the cluster make somebody look at which Ingresses. */
@Timeout(60)
final class IngressStatusTest {

    private final Cluster cluster = new Cluster();
    private final Set<String> written = new ConcurrentSkipListSet<>();
    private final StatusWriter writer = new StatusWriter(
            new StatusTarget() {
                @Override
                public void replace(ObjectKey object, Map<String, Object> status) {
                    written.add(object.name().name());
                }

                @Override
                public void remove(ObjectKey object, List<String> path, Object expected) {
                    written.add("no " + object.name().name());
                }
            },
            () -> true,
            new Metrics());
    private final AtomicReference<Set<ObjectName>> served = new AtomicReference<>(Set.of());
    private final IngressStatus status = new IngressStatus(
            new AddressSource.OfService(new ObjectName("system", "ingress")),
            () -> new Translation(
                    Translation.EMPTY.routes(),
                    Map.of(),
                    Map.of(),
                    served.get(),
                    Translation.EMPTY.problems(),
                    Set.of()),
            writer);

    @AfterEach
    void close() {
        writer.lost();
        cluster.close();
    }

    private void ingress(String name, String more) {
        cluster.apply("""
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {namespace: shop, name: %s}
                spec: {ingressClassName: fairlead}
                %s
                """.formatted(name, more));
    }

    private void service(String address) {
        cluster.apply("""
                apiVersion: v1
                kind: Service
                metadata: {namespace: system, name: ingress}
                spec: {clusterIPs: [%s]}
                """.formatted(address));
    }

    private void serve(String... names) {
        Set<ObjectName> all = new TreeSet<>();
        for (String name : names) {
            all.add(new ObjectName("shop", name));
        }
        served.set(all);
    }

    private void expect(String... names) {
        Cluster.Moment moment = cluster.moment();
        written.clear();
        status.onSnapshot(moment.delta(), moment.snapshot());
        Set<String> expected = Set.of(names);
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!written.equals(expected)) {
            assertTrue(System.nanoTime() < deadline, () -> "expected " + expected + ", written " + written);
            LockSupport.parkNanos(2_000_000);
        }
        LockSupport.parkNanos(20_000_000);
        assertEquals(expected, written);
    }

    @Test
    void whatChangedIsWrittenAndNothingElse() {
        writer.gained();
        ingress("a", "");
        ingress("b", "");
        ingress("foreign", "status: {loadBalancer: {ingress: [{ip: 198.51.100.1}]}}");
        serve("a", "b");
        expect();
        service("172.30.0.9");
        expect("a", "b");
        ingress("a", "status: {loadBalancer: {ingress: [{ip: 172.30.0.9}]}}");
        expect();
        ingress("c", "");
        serve("a", "b", "c");
        expect("c");
        ingress("b", "status: {loadBalancer: {ingress: [{ip: 198.51.100.7}]}}");
        expect("b");
        service("172.30.0.10");
        expect("a", "b", "c");
    }

    @Test
    void classThatGoesTakesItsIngressesAlong() {
        writer.gained();
        service("172.30.0.9");
        ingress("a", "status: {loadBalancer: {ingress: [{ip: 172.30.0.9}]}}");
        serve("a");
        expect();
        cluster.apply("""
                apiVersion: networking.k8s.io/v1
                kind: IngressClass
                metadata: {name: fairlead}
                spec: {controller: example.com/other}
                """);
        serve();
        expect("no a");
    }
}
