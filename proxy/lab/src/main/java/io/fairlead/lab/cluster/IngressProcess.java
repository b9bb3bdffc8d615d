package io.fairlead.lab.cluster;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.traffic.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The ingress: a process in the namespace of a pod, which serves {@link Transport#HTTPS} there and takes the cluster from
 * the manifests that the agents take it from.
 *
 * <p>Confined to one thread at a time.
 */
public final class IngressProcess {

    private static final LabProcess.Kind KIND = new LabProcess.Kind("ingress", "ingress", "/readyz", "ok");

    private final LabProcess process;

    private IngressProcess(LabProcess process) {
        this.process = process;
    }

    /** @param node the name of the node that the pod is on */
    static IngressProcess start(LabRun run, Host pod, String node, AgentProgram program, Path manifests) {
        List<String> words = new ArrayList<>(program.words());
        words.addAll(List.of("ingress", "--manifests", manifests.toString(), "--node-name", node));
        words.addAll(List.of("--http-address=", "--https-address", "[::]:" + Transport.HTTPS.podPort()));
        return new IngressProcess(LabProcess.start(run, pod, KIND, words));
    }

    /** What commands take as {@code --run-dir} to ask it. */
    public Path folder() {
        return process.folder();
    }

    /**
     * Waits until it lets clients in.
     *
     * @return the time since its start
     * @throws LabException with the end of its log if it stops or needs longer
     */
    public Duration awaitReady(Duration longest) {
        return process.awaitReady(longest);
    }

    /** A page of it as the commands print it; nothing if it does not run or does not answer. */
    public Optional<String> table(String path, Map<String, String> parameters) {
        return process.ask(path, parameters, "table");
    }
}
