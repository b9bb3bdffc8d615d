package io.fairlead.lab.node;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A node with containerd and a kubelet: a first process in namespaces of its own, and what that starts. Ending that
 * process ends all of it.
 *
 * <p>Thread-safe.
 */
public final class KubeNode {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration IMPORT_TIMEOUT = Duration.ofMinutes(2);
    private static final long POLL_NANOS = 20_000_000;
    private static final int LOG_LINES_SHOWN = 8;

    private final LabRun run;
    private final Host host;
    private final Path folder;
    private final Process process;

    private KubeNode(LabRun run, Host host, Path folder, Process process) {
        this.run = run;
        this.host = host;
        this.folder = folder;
        this.process = process;
    }

    /** Starts it on a host of a lab, in whose network namespace it lives. */
    public static KubeNode start(LabRun run, Host host, NodePrograms programs, NodeSetup setup) {
        Path folder = run.folder().resolve(host.name());
        Path init = folder.resolve("lib/node/node-init.sh");
        try {
            write(folder, setup);
            Files.writeString(init, resource());
        } catch (IOException e) {
            throw new LabException("cannot prepare " + folder + ": " + e.getMessage(), e);
        }
        List<String> words = new ArrayList<>(List.of("sh", init.toString(), "enter"));
        run.createCgroups(host.name()).forEach(group -> words.add(group.toString()));
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log/node-init.log").toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH", "/usr/sbin:/usr/bin:/sbin:/bin",
                        "NODE_NAME", host.name(),
                        "NODE_ADDRESSES", setup.addresses(),
                        "NODE_FOLDER", folder.toString(),
                        "KUBERNETES", programs.kubernetes().toString(),
                        "CONTAINERD", programs.containerd().toString()));
        return new KubeNode(run, host, folder, run.start(builder, host.namespace()));
    }

    private static void write(Path folder, NodeSetup setup) throws IOException {
        Path own = folder.resolve("lib/node");
        Files.createDirectories(own.resolve("cni"));
        for (String name : List.of("log", "tmp", "cache", "spool", "lib/kubelet", "lib/containerd", "lib/cni")) {
            Files.createDirectories(folder.resolve(name));
        }
        Files.createSymbolicLink(folder.resolve("run"), Path.of("/run"));
        Files.createSymbolicLink(folder.resolve("lock"), Path.of("/run/lock"));
        Files.writeString(own.resolve("containerd.toml"), setup.containerd());
        Files.writeString(own.resolve("kubelet.yaml"), setup.kubelet());
        Files.writeString(own.resolve("kubelet.kubeconfig"), setup.kubeconfig());
        Files.writeString(own.resolve("kubelet-clients.crt"), setup.kubeletClients());
        Files.writeString(own.resolve("cni/10-lab.conflist"), setup.cni());
        // Names outside of the cluster are nobody's business here.
        Files.writeString(own.resolve("resolv.conf"), "");
        writeTools(Files.createDirectories(own.resolve("tools")), setup.legacyTools() ? "legacy" : "nft");
    }

    /** The plain names of the tools, as a distribution's alternatives lead them: for the node's programs, and kube-proxy's. */
    private static void writeTools(Path folder, String flavour) throws IOException {
        for (String family : List.of("iptables", "ip6tables")) {
            for (String verb : List.of("", "-save", "-restore")) {
                Path program = Path.of("/usr/sbin/xtables-" + flavour + "-multi");
                Files.createSymbolicLink(folder.resolve(family + verb), program);
            }
        }
    }

    private static String resource() throws IOException {
        try (InputStream in = KubeNode.class.getResourceAsStream("node-init.sh")) {
            if (in == null) {
                throw new IllegalStateException("node-init.sh is not in this program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    public Host host() {
        return host;
    }

    public String name() {
        return host.name();
    }

    /** What the node calls {@code /var}: its logs are below {@code log}. */
    public Path folder() {
        return folder;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until containerd can be asked. */
    public void awaitRuntime() {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (firstProcess().isEmpty() || !Files.exists(root().resolve("run/containerd/containerd.sock"))) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new LabException(name() + (process.isAlive() ? " has no containerd in time" : " stopped")
                        + "; its logs end:\n" + logEnd("node-init") + "\n" + logEnd("containerd"));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** The end of a log of a program of this node: node-init, containerd or kubelet. */
    public String logEnd(String program) {
        Path log = folder.resolve("log").resolve(program + ".log");
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(no " + log + ")";
        }
    }

    /** Process 1 of the node, as the host numbers it. */
    private Optional<ProcessHandle> firstProcess() {
        return process.toHandle().children().findFirst();
    }

    private long firstPid() {
        return firstProcess()
                .orElseThrow(() -> new LabException(name() + " is not there"))
                .pid();
    }

    /** The node's file system, as the host reaches it: proc_pid_root(5). */
    private Path root() {
        return Path.of("/proc/" + firstPid() + "/root");
    }

    /** Loads the images of a docker-archive or OCI archive (a tar file of this host). */
    public void importImages(Path archive) {
        // By standard input, since the node does not see all files of the host.
        ProcessBuilder builder = new ProcessBuilder(
                        "nsenter",
                        "--target=" + firstPid(),
                        "--mount",
                        "/var/lib/node/programs/containerd/ctr",
                        "--address=/run/containerd/containerd.sock",
                        "--namespace=k8s.io",
                        "images",
                        "import",
                        "--local",
                        "-")
                .redirectInput(archive.toFile())
                .redirectErrorStream(true);
        Process importing = run.start(builder, host.namespace(), IMPORT_TIMEOUT);
        try {
            String output = new String(importing.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (importing.waitFor() != 0) {
                throw new LabException(name() + " cannot load " + archive + ": " + output);
            }
        } catch (IOException e) {
            throw new LabException(name() + " cannot load " + archive + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while " + name() + " loads " + archive, e);
        }
    }

    /** Opens the network namespace of a Pod on this node; the caller closes it. */
    public NetNs podNamespace(String namespace, String pod) {
        return new PodSandboxes(root()).open(namespace, pod);
    }

    /** Ends the node at once, as if its power went. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
