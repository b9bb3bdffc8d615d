package io.fairlead.bench;

import io.fairlead.bench.ingress.Backend;
import io.fairlead.bench.ingress.Contender;
import io.fairlead.bench.ingress.PeerFiles;
import io.fairlead.bench.ingress.RouteManifests;
import io.fairlead.bench.ingress.RouteProbe;
import io.fairlead.bench.ingress.Traffic;
import io.fairlead.bench.look.CpuTime;
import io.fairlead.bench.look.ProcessLook;
import io.fairlead.bench.process.Figures;
import io.fairlead.kernel.netns.NetNs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The ingress with many routes from a directory of manifests: how long it takes to serve the last of them, and the memory
 * that it holds when each was asked for.
 *
 * <p>Confined to the main thread.
 */
final class IngressScale implements Benchmark {

    private static final long SECONDS_MAX = 60;
    /** So much later memory is looked at: what compilers borrowed is back by then. */
    private static final long SETTLE_SECONDS = 12;

    /**
     * A number of Ingresses and what was promised for it.
     *
     * <p>Immutable.
     *
     * @param heapMegabytes as a memory limit of the promised size leaves it
     */
    private record Size(int ingresses, int heapMegabytes, double startMillisMax, double megabytesMax) {}

    private static final List<Size> SIZES =
            List.of(new Size(1_000, 32, Double.NaN, 120), new Size(5_000, 96, 2_000, 250));

    private static final List<Size> TINY = List.of(new Size(20, 32, Double.NaN, 120));

    @Override
    public String name() {
        return "ingress-scale";
    }

    @Override
    public String summary() {
        return "1,000 and 5,000 Ingresses: start to serving, and resident memory";
    }

    @Override
    public List<Row> run(Plan plan) {
        List<Row> rows = new ArrayList<>();
        try (TemporaryFiles files = TemporaryFiles.create()) {
            PeerFiles keys = IngressStage.keys(files, 0);
            RouteManifests routes = new RouteManifests(Contender.ADDRESS, keys.certificate(), keys.key());
            try (AotCache cache = AotCache.recordIngress(plan, routes)) {
                for (Size size : plan.tiny() ? TINY : SIZES) {
                    int ingresses = size.ingresses();
                    List<Figures> runs = new ArrayList<>();
                    for (int run = 0; run < plan.runs(); run++) {
                        runs.add(run(plan, plan.jvm(size.heapMegabytes()).with(cache.cache()), routes, ingresses));
                    }
                    Repeated all = new Repeated(runs);
                    rows.add(all.row(
                            ingresses + " Ingresses, start to serving", "serving", "ms", size.startMillisMax()));
                    rows.add(all.detail("  CPU time until then", "cpu", "ms"));
                    rows.add(all.row("  resident memory", "resident", "MB", size.megabytesMax()));
                    rows.add(all.detail("  resident at its peak", "peak", "MB"));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return rows;
    }

    private static Figures run(Plan plan, Jvm jvm, RouteManifests routes, int ingresses) throws InterruptedException {
        try (TemporaryFiles manifests = TemporaryFiles.create();
                NetNs namespace = NetNs.anonymous()) {
            routes.writeTo(manifests.directory(), ingresses);
            try (Child loopback = Child.start(namespace, List.of("ip", "link", "set", "lo", "up"))) {
                loopback.join(SECONDS_MAX);
            }
            try (Child backend = Child.start(namespace, IngressStage.program(Backend.class, List.of()))) {
                backend.awaitOutput(Backend.READY, SECONDS_MAX);
                try (Child ours = Child.start(namespace, IngressStage.ingress(jvm, manifests.directory()))) {
                    return look(plan, namespace, ours, ingresses);
                }
            }
        }
    }

    private static Figures look(Plan plan, NetNs namespace, Child ours, int ingresses) throws InterruptedException {
        ours.awaitPort(namespace, Contender.FAIRLEAD.plainPort(), SECONDS_MAX);
        try (RouteProbe probe = namespace.run(RouteProbe::connect)) {
            long servedAt = probe.await(Traffic.host(ingresses - 1), 200);
            CpuTime used = CpuTime.of(ours.pid());
            for (int host = 0; host < ingresses; host++) {
                probe.await(Traffic.host(host), 200);
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(plan.tiny() ? 0 : SETTLE_SECONDS));
            ProcessLook look = ProcessLook.at(ours.pid());
            return new Figures()
                    .put("serving", (servedAt - ours.startedAt()) / 1e6)
                    .put("cpu", used.micros() / 1e3)
                    .put("resident", look.residentMegabytes())
                    .put("peak", look.peakMegabytes());
        }
    }
}
