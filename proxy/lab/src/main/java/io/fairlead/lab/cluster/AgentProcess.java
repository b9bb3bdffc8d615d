package io.fairlead.lab.cluster;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The agent of one node: a process of its own in the node's namespace, whose log and socket are in a folder of its own.
 *
 * <p>Confined to one thread at a time.
 */
public final class AgentProcess {

    private static final LabProcess.Kind KIND = new LabProcess.Kind("agent", "proxy", "/status", "\"in-sync\"");

    private final LabProcess process;

    private AgentProcess(LabProcess process) {
        this.process = process;
    }

    /** @param source the words that say where the cluster is from, for example {@code --kubeconfig FILE} */
    public static AgentProcess start(LabRun run, Host node, AgentProgram program, List<String> source) {
        List<String> words = new ArrayList<>(program.words());
        words.add("proxy");
        words.addAll(source);
        words.addAll(List.of("--node-name", node.name()));
        words.addAll(List.of("--cluster-cidr", Topology.POD_RANGE.text4() + "," + Topology.POD_RANGE.text6()));
        return new AgentProcess(LabProcess.start(run, node, KIND, words));
    }

    public Host node() {
        return process.host();
    }

    /** What commands take as {@code --run-dir} to ask this agent. */
    public Path folder() {
        return process.folder();
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Waits until everything is in the kernel.
     *
     * @return the time since its start
     * @throws LabException with the end of its log if it stops or needs longer
     */
    public Duration awaitReady(Duration longest) {
        return process.awaitReady(longest);
    }

    /** Whether everything is in the kernel: the time since its start, nothing if not yet; throws as the other. */
    Optional<Duration> readyAfter(Duration longest) {
        return process.readyAfter(longest);
    }

    /** A page of the agent as JSON; nothing if it does not run or does not answer. */
    public Optional<String> page(String path, Map<String, String> parameters) {
        return process.ask(path, parameters, "json");
    }

    /** A page of the agent as the commands print it; nothing if it does not run or does not answer. */
    public Optional<String> table(String path, Map<String, String> parameters) {
        return process.ask(path, parameters, "table");
    }

    /** What it has logged so far. */
    public String log() {
        return process.log();
    }

    /** SIGTERM: it may tidy up. Returns when it is gone. */
    public void stop() {
        process.stop();
    }

    /** SIGKILL: it has no chance to tidy up. Returns when it is gone. */
    public void kill() {
        process.kill();
    }

    /** Starts it again with the same words, after {@link #stop} or {@link #kill}. */
    public void restart() {
        process.restart();
    }
}
