package io.fairlead.bench;

import io.fairlead.agent.FairleadMain;
import io.fairlead.bench.process.ClusterSize;
import io.fairlead.bench.process.SyntheticCluster;
import io.fairlead.kernel.netns.NetNs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An AOT cache as the launcher makes it: recorded by a dry run of the agent on a few manifests (JEP 514).
 *
 * <p>Confined to the main thread.
 */
record AotCache(TemporaryFiles files, Jvm.Cache cache) implements AutoCloseable {

    private static final ClusterSize SAMPLE = new ClusterSize(3, 3);
    private static final int HEAP_MEGABYTES = 96;
    private static final long SECONDS_MAX = 120;

    /** Records, unless the plan or the class path does not allow it. */
    static AotCache record(Benchmark.Plan plan) {
        TemporaryFiles files = TemporaryFiles.create();
        if (!plan.aot() || !Jvm.canCache()) {
            return new AotCache(files, new Jvm.Cache.None());
        }
        Path file = files.file("start.aot");
        Jvm jvm = plan.jvm(HEAP_MEGABYTES).with(new Jvm.Cache.Save(file));
        try (ManifestFiles manifests = ManifestFiles.write(new SyntheticCluster(SAMPLE));
                NetNs namespace = NetNs.anonymous()) {
            List<String> command = new ArrayList<>(jvm.command());
            command.addAll(List.of(FairleadMain.class.getName(), "proxy", "--dry-run"));
            command.addAll(List.of("--manifests", manifests.directory().toString()));
            try (Child training = Child.start(namespace, command)) {
                training.join(SECONDS_MAX);
            }
        }
        return new AotCache(files, new Jvm.Cache.Use(file));
    }

    @Override
    public void close() {
        files.close();
    }
}
