package io.fairlead.bench;

import io.fairlead.agent.FairleadMain;
import io.fairlead.bench.ingress.RouteManifests;
import io.fairlead.bench.process.ClusterSize;
import io.fairlead.bench.process.SyntheticCluster;
import io.fairlead.kernel.netns.NetNs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An AOT cache as the launcher, or the image's build, makes it: recorded by a run on a few manifests (JEP 514).
 *
 * <p>Confined to the main thread.
 */
record AotCache(TemporaryFiles files, Jvm.Cache cache) implements AutoCloseable {

    /** Runs a program from its start to its end. */
    private interface Training {
        void run(Jvm jvm, NetNs namespace) throws InterruptedException;
    }

    private static final ClusterSize SAMPLE = new ClusterSize(3, 3);
    private static final int HEAP_MEGABYTES = 96;
    private static final long SECONDS_MAX = 120;

    /** Records the agent, unless the plan or the class path does not allow it. */
    static AotCache record(Benchmark.Plan plan) {
        return record(plan, plan.jvm(HEAP_MEGABYTES), (jvm, namespace) -> {
            try (ManifestFiles manifests = ManifestFiles.write(new SyntheticCluster(SAMPLE))) {
                List<String> command = new ArrayList<>(jvm.command());
                command.addAll(List.of(FairleadMain.class.getName(), "proxy", "--dry-run"));
                command.addAll(List.of("--manifests", manifests.directory().toString()));
                try (Child training = Child.start(namespace, command)) {
                    training.join(SECONDS_MAX);
                }
            }
        });
    }

    /** Records the ingress from its start to a signal, unless the plan or the class path does not allow it. */
    static AotCache recordIngress(Benchmark.Plan plan, RouteManifests routes) {
        return record(plan, plan.jvm(HEAP_MEGABYTES), (jvm, namespace) -> {
            try (TemporaryFiles manifests = TemporaryFiles.create();
                    Child loopback = Child.start(namespace, List.of("ip", "link", "set", "lo", "up"))) {
                loopback.join(SECONDS_MAX);
                routes.writeTo(manifests.directory(), SAMPLE.services());
                try (Child training = Child.start(namespace, IngressStage.ingress(jvm, manifests.directory()))) {
                    training.awaitOutput("FrontDoor: ready", SECONDS_MAX);
                    training.stop();
                }
            }
        });
    }

    private static AotCache record(Benchmark.Plan plan, Jvm jvm, Training training) {
        TemporaryFiles files = TemporaryFiles.create();
        if (!plan.aot() || !Jvm.canCache()) {
            return new AotCache(files, new Jvm.Cache.None());
        }
        Path file = files.file("start.aot");
        try (NetNs namespace = NetNs.anonymous()) {
            training.run(jvm.with(new Jvm.Cache.Save(file)), namespace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return new AotCache(files, new Jvm.Cache.Use(file));
    }

    @Override
    public void close() {
        files.close();
    }
}
