package io.fairlead.bench;

import io.fairlead.bench.ingress.Backend;
import io.fairlead.bench.ingress.Contender;
import io.fairlead.bench.ingress.PeerFiles;
import io.fairlead.bench.ingress.RouteManifests;
import io.fairlead.bench.ingress.RouteProbe;
import io.fairlead.bench.ingress.Traffic;
import io.fairlead.bench.process.Samples;
import io.fairlead.lab.hollow.HollowShape;
import io.fairlead.lab.kube.ApiObjects;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * One route added or taken away among 5,000 from a real API server: until requests are answered otherwise. Somebody asks
 * all the time, over one connection.
 *
 * <p>Confined to the main thread.
 */
final class IngressChange implements Benchmark {

    private static final HollowShape SHAPE = HollowShape.of(10, 3, 4, 7);
    private static final int INGRESSES = 5_000;
    private static final int INGRESSES_TINY = 20;
    private static final int ROUNDS = 100;
    private static final int ROUNDS_TINY = 3;
    private static final int WARM_UP_ROUNDS = 20;
    private static final int HEAP_MEGABYTES = 96;
    private static final long SECONDS_MAX = 120;
    private static final double MILLIS_MAX = 20;
    private static final double MILLI = 1e6;

    @Override
    public String name() {
        return "ingress-change";
    }

    @Override
    public String summary() {
        return "a real API server with 5,000 Ingresses: one added or taken away, until requests are answered otherwise";
    }

    /**
     * Times of one kind of change.
     *
     * <p>Confined to the main thread.
     *
     * @param fromAnswer since the API server's answer, 0 if requests were first
     */
    private record Times(Samples fromAnswer, Samples fromRequest) {

        Times() {
            this(new Samples(), new Samples());
        }

        void add(long begin, long answered, long served) {
            fromAnswer.add(Math.max(0, served - answered));
            fromRequest.add(served - begin);
        }

        List<Row> rows(String what) {
            return List.of(
                    row(what + ", p99", fromAnswer, 0.99, MILLIS_MAX),
                    row("  p50", fromAnswer, 0.5, Double.NaN),
                    row("  from the request to the API server, p99", fromRequest, 0.99, Double.NaN),
                    row("  p50", fromRequest, 0.5, Double.NaN));
        }

        private static Row row(String what, Samples times, double share, double limit) {
            return Row.single(what, times.quantile(share) / MILLI, "ms", limit);
        }
    }

    @Override
    public List<Row> run(Plan plan) {
        int ingresses = plan.tiny() ? INGRESSES_TINY : INGRESSES;
        try (TemporaryFiles files = TemporaryFiles.create();
                ApiStage stage = ApiStage.build(Topology.of(1, 0), SHAPE)) {
            PeerFiles keys = IngressStage.keys(files, 0);
            String address = stage.node(0).host().addresses().text4();
            ApiObjects objects = new ApiObjects(stage.api(), Topology.of(1, 0));
            new RouteManifests(address, keys.certificate(), keys.key())
                    .base()
                    .forEach(each -> objects.apply(each.path(), each.yaml()));
            for (int i = 0; i < ingresses; i++) {
                objects.apply(
                        RouteManifests.ingress(i).path(),
                        RouteManifests.ingress(i).yaml());
            }
            return measure(plan, stage, ingresses, address + "/32");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Row> measure(Plan plan, ApiStage stage, int ingresses, String allowed)
            throws InterruptedException, IOException {
        NodeProxy.Place place = stage.place(0);
        try (Child backend = Child.start(place.namespace(), IngressStage.program(Backend.class, List.of()))) {
            backend.awaitOutput(Backend.READY, SECONDS_MAX);
            List<String> command = IngressStage.ingress(plan.jvm(HEAP_MEGABYTES), place.source(), allowed);
            try (Child ours = Child.start(place.namespace(), command)) {
                ours.awaitPort(place.namespace(), Contender.FAIRLEAD.plainPort(), SECONDS_MAX);
                try (RouteProbe probe = place.namespace().run(RouteProbe::connect)) {
                    probe.await(Traffic.host(ingresses - 1), 200);
                    change(stage, probe, ingresses, plan.tiny() ? 1 : WARM_UP_ROUNDS);
                    return change(stage, probe, ingresses, plan.tiny() ? ROUNDS_TINY : ROUNDS);
                }
            }
        }
    }

    private static List<Row> change(ApiStage stage, RouteProbe probe, int ingresses, int rounds) throws IOException {
        Times added = new Times();
        Times taken = new Times();
        Executor asking = task -> Thread.ofPlatform().daemon().start(task);
        for (int round = 0; round < rounds; round++) {
            int number = ingresses + round;
            RouteManifests.Manifest ingress = RouteManifests.ingress(number);
            CompletableFuture<Long> served =
                    CompletableFuture.supplyAsync(() -> probe.await(Traffic.host(number), 200), asking);
            long begin = System.nanoTime();
            stage.api().apply(ingress.path(), ingress.yaml()).expectSuccess();
            added.add(begin, System.nanoTime(), served.join());
            CompletableFuture<Long> gone =
                    CompletableFuture.supplyAsync(() -> probe.await(Traffic.host(number), 404), asking);
            begin = System.nanoTime();
            stage.api().delete(ingress.path()).expectSuccess();
            taken.add(begin, System.nanoTime(), gone.join());
        }
        List<Row> rows = new ArrayList<>(added.rows("a route added among " + ingresses));
        rows.addAll(taken.rows("a route taken away"));
        return rows;
    }
}
