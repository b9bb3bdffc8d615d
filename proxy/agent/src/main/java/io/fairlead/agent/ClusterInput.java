package io.fairlead.agent;

import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.source.ManifestSource;
import io.fairlead.runtime.options.Arguments;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The source of the cluster that the command line names.
 *
 * <p>Confined to the main thread.
 */
final class ClusterInput implements AutoCloseable {

    private final Arguments arguments;
    private final String nodeName;
    private final Deque<Runnable> started = new ArrayDeque<>();

    private ClusterInput(Arguments arguments, String nodeName) {
        this.arguments = arguments;
        this.nodeName = nodeName;
    }

    static ClusterInput of(Arguments arguments) {
        return new ClusterInput(arguments, AgentOptions.policy(arguments).nodeName());
    }

    /** Registers the source at the store and starts it. */
    void start(ClusterStore store) {
        Path directory = arguments.find(AgentOptions.MANIFESTS).orElseThrow();
        ManifestSource source = new ManifestSource(directory, nodeName, store.register("manifests"));
        source.start();
        started.push(source::close);
    }

    @Override
    public void close() {
        while (!started.isEmpty()) {
            started.pop().run();
        }
    }
}
