package io.fairlead.ingress.translate;

import static io.fairlead.ingress.translate.Texts.ingress;
import static io.fairlead.ingress.translate.Texts.rules;
import static io.fairlead.ingress.translate.Texts.slice;
import static io.fairlead.ingress.translate.Texts.web;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.fairlead.cluster.ClusterDelta;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What translating costs. The figures go to the test's output. */
@Timeout(60)
final class TranslatorCostTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static String ingressAt(int i, String path) {
        return ingress(
                "shop/web-" + i,
                rules("host-" + i + ".example.com / web-" + i % 500 + ":80 " + path + " web-" + (i + 1) % 500 + ":http")
                        + ", tls: [{hosts: [host-" + i + ".example.com], secretName: cert-" + i + "}]");
    }

    private static void fill(Cluster cluster, int ingresses) {
        cluster.apply(Texts.CLASSES);
        for (int i = 0; i < 500; i++) {
            cluster.apply(web("shop/web-" + i, "10.1." + i / 250 + "." + (1 + i % 250), "10.2.0." + (1 + i % 250)));
        }
        for (int i = 0; i < ingresses; i++) {
            cluster.apply(ingressAt(i, "/api"));
        }
    }

    private static IngressTranslator translator() {
        return new IngressTranslator(IngressSettings.DEFAULT, Cluster.ANNOTATIONS, () -> Stage.POLICY);
    }

    /**
     * Of one change, with all that belongs to it.
     *
     * @param nanos of this thread's processor time: the machine does other things too
     */
    private record Cost(long bytes, long nanos) {}

    private static Cost median(List<Cost> costs) {
        return new Cost(
                costs.stream().mapToLong(Cost::bytes).sorted().toArray()[costs.size() / 2],
                costs.stream().mapToLong(Cost::nanos).sorted().toArray()[costs.size() / 2]);
    }

    private static Cost measure(IngressTranslator translator, Cluster.Moment moment, boolean routes) {
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long nanos = THREADS.getCurrentThreadCpuTime();
        IngressTranslator.Result result = translator.translate(moment.delta(), moment.snapshot());
        Cost cost =
                new Cost(THREADS.getCurrentThreadAllocatedBytes() - bytes, THREADS.getCurrentThreadCpuTime() - nanos);
        assertEquals(routes, result.delta().routes());
        assertEquals(!routes, !result.delta().backends().isEmpty());
        return cost;
    }

    /** Of a changed Ingress, and of changed endpoints. */
    private record Costs(Cost routes, Cost endpoints) {}

    private static Costs costs(int ingresses) {
        try (Cluster cluster = new Cluster()) {
            fill(cluster, ingresses);
            IngressTranslator translator = translator();
            Cluster.Moment first = cluster.moment();
            translator.translate(first.delta(), first.snapshot());
            List<Cost> routes = new ArrayList<>();
            List<Cost> endpoints = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                cluster.apply(ingressAt(i * 7 % ingresses, "/v" + i));
                routes.add(measure(translator, cluster.moment(), true));
                int web = i * 7 % ingresses % 500;
                cluster.apply(slice("shop/web-" + web, "http", 8080, "10.3." + i / 250 + "." + (1 + i % 250)));
                endpoints.add(measure(translator, cluster.moment(), false));
            }
            return new Costs(median(routes), median(endpoints));
        }
    }

    @Test
    void aChangeCostsInProportionToItself() {
        Costs small = costs(50);
        Costs large = costs(5_000);
        System.out.println("one Ingress of 50: " + small.routes + ", of 5,000: " + large.routes);
        System.out.println("endpoints of one Service with 50 Ingresses: " + small.endpoints + ", with 5,000: "
                + large.endpoints + ", which is ten times as many for each");
        // The table copies a map of hosts and two indexes of them: at most 200 bytes a host. The rest is the change's
        // own.
        long maps = 200 * 4_950;
        assertTrue(large.routes.bytes - small.routes.bytes <= maps, small + " " + large);
        assertTrue(large.endpoints.bytes - small.endpoints.bytes <= 4_096, small + " " + large);
    }

    @Test
    void fiveThousandIngressesAreTranslatedInWellUnderASecond() {
        try (Cluster cluster = new Cluster()) {
            fill(cluster, 5_000);
            Cluster.Moment moment = cluster.moment();
            ClusterDelta all = ClusterDelta.fromEmpty(moment.snapshot());
            long best = Long.MAX_VALUE;
            for (int i = 0; i < 3; i++) {
                long nanos = THREADS.getCurrentThreadCpuTime();
                IngressTranslator.Result result = translator().translate(all, moment.snapshot());
                long took = THREADS.getCurrentThreadCpuTime() - nanos;
                System.out.println("5,000 Ingresses with 10,000 paths: " + took / 1_000_000 + " ms");
                best = Math.min(best, took);
                assertEquals(5_000, result.translation().tls().size());
                assertEquals(500, result.translation().backends().size());
            }
            assertTrue(best < 1_000_000_000L, best + " ns");
        }
    }
}
