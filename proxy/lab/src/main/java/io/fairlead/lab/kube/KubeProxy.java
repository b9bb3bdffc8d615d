package io.fairlead.lab.kube;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * The real kube-proxy on a node of a lab. Its pages have addresses of their own, so that an agent with the usual ones can
 * run beside it.
 *
 * <p>Confined to one thread at a time.
 */
public final class KubeProxy implements AutoCloseable {

    /** The user to whom every API server grants what kube-proxy needs. */
    public static final Identity USER = Identity.of("system:kube-proxy");

    /** Where {@link #metrics()} asks, and whatever else wants to. */
    public static final int METRICS_PORT = 10349;

    public static final int HEALTH_PORT = 10356;

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final int PAGE_TIMEOUT_MILLIS = 5_000;
    private static final long POLL_NANOS = 10_000_000;
    private static final int LOG_LINES_SHOWN = 8;
    private static final Path LEGACY_TOOLS = Path.of("/usr/sbin/xtables-legacy-multi");

    /** A family counts as synced when its time of the last success is no longer zero. */
    private static final Pattern SYNCED =
            Pattern.compile("(?m)^kubeproxy_sync_proxy_rules_last_timestamp_seconds\\{[^}]*} [1-9]");

    private static final long FAMILIES = 2;

    /** What it programs, and with whose tools. */
    public enum Mode {
        NFTABLES("nftables"),
        /** By the iptables tools that write nftables. */
        IPTABLES_NFT("iptables"),
        /** By the iptables tools of the older kernel interface. */
        IPTABLES_LEGACY("iptables");

        private final String flag;

        Mode(String flag) {
            this.flag = flag;
        }
    }

    private final LabRun run;
    private final Host node;
    private final Path folder;
    private final ProcessBuilder program;
    private Process process;
    private long startNanos;

    private KubeProxy(LabRun run, Host node, Path folder, ProcessBuilder program) {
        this.run = run;
        this.node = node;
        this.folder = folder;
        this.program = program;
        this.startNanos = System.nanoTime();
        this.process = run.start(program, node.namespace());
    }

    /** @param kubeconfig of {@link #USER} */
    public static KubeProxy start(LabRun run, Host node, Judges judges, Path kubeconfig, Mode mode) {
        Path folder = run.folder().resolve("kube-proxy-" + node.name());
        try {
            Files.createDirectories(folder);
            List<String> words = words(judges, node, kubeconfig, mode);
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log(folder).toFile()));
            builder.environment().put("PATH", tools(folder, mode) + ":/usr/sbin:/usr/bin:/sbin:/bin");
            return new KubeProxy(run, node, folder, builder);
        } catch (IOException e) {
            throw new LabException("cannot prepare " + folder + ": " + e.getMessage(), e);
        }
    }

    private static List<String> words(Judges judges, Host node, Path kubeconfig, Mode mode) {
        return List.of(
                judges.program("kubernetes", "kube-proxy").toString(),
                "--kubeconfig=" + kubeconfig,
                "--hostname-override=" + node.name(),
                "--proxy-mode=" + mode.flag,
                "--detect-local-mode=ClusterCIDR",
                "--cluster-cidr=" + Topology.POD_RANGE.text4() + "," + Topology.POD_RANGE.text6(),
                "--metrics-bind-address=127.0.0.1:" + METRICS_PORT,
                "--healthz-bind-address=0.0.0.0:" + HEALTH_PORT,
                // The maximum belongs to the first network namespace, and kube-proxy exits if it may not set it.
                "--conntrack-max-per-core=0",
                "--conntrack-min=0",
                "--v=2");
    }

    /** A folder that comes first in its PATH: which tools it finds under the plain names decides what it writes. */
    private static Path tools(Path folder, Mode mode) throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools-" + mode));
        Path multi = switch (mode) {
            case NFTABLES, IPTABLES_NFT -> LEGACY_TOOLS.resolveSibling("xtables-nft-multi");
            case IPTABLES_LEGACY -> LEGACY_TOOLS;
        };
        for (String name : List.of("iptables", "ip6tables")) {
            for (String suffix : List.of("", "-save", "-restore")) {
                Path link = tools.resolve(name + suffix);
                if (!Files.isSymbolicLink(link)) {
                    Files.createSymbolicLink(link, multi);
                }
            }
        }
        return tools;
    }

    private static Path log(Path folder) {
        return folder.resolve("kube-proxy.log");
    }

    public Path log() {
        return log(folder);
    }

    public Host node() {
        return node;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits until its first sync of both families is in the kernel.
     *
     * @return the time since its start
     * @throws LabException with the end of its log if it stops or needs longer
     */
    public Duration awaitReady(Duration longest) {
        while (!isSynced()) {
            Duration age = Duration.ofNanos(System.nanoTime() - startNanos);
            if (!process.isAlive() || age.compareTo(longest) > 0) {
                throw new LabException("kube-proxy of " + node.name()
                        + (process.isAlive() ? " is not ready after " + age.toMillis() + " ms" : " stopped")
                        + "; its log ends:\n" + logEnd());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private boolean isSynced() {
        try {
            return SYNCED.matcher(metrics()).results().count() == FAMILIES;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Its metrics page. */
    public String metrics() throws IOException {
        try (Socket socket = node.namespace().run(() -> {
            Socket fresh = new Socket();
            fresh.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), METRICS_PORT), PAGE_TIMEOUT_MILLIS);
            return fresh;
        })) {
            socket.setSoTimeout(PAGE_TIMEOUT_MILLIS);
            // HTTP/1.0: the page ends with the connection and is not in chunks.
            socket.getOutputStream().write("GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String logEnd() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    /** SIGSTOP: it is there and does nothing. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT, after {@link #pause}. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-s", name, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new LabException("cannot send SIG" + name + " to kube-proxy of " + node.name());
            }
        } catch (IOException e) {
            throw new LabException("cannot run kill: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGTERM, as a kubelet ends it; it leaves its rules. Returns when it is gone. */
    public void stop() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGKILL; it leaves its rules, too. Returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Runs its own {@code --cleanup}, after {@link #stop} or {@link #kill}; returns whether it says that all went well. */
    public boolean cleanUp() {
        List<String> words = new ArrayList<>(program.command());
        words.add("--cleanup");
        ProcessBuilder cleanup = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        cleanup.environment().putAll(program.environment());
        try {
            return run.start(cleanup, node.namespace()).waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Starts it again with the same words, after {@link #stop} or {@link #kill}. */
    public void restart() {
        startNanos = System.nanoTime();
        process = run.start(program, node.namespace());
    }

    /** As {@link #kill}. */
    @Override
    public void close() {
        kill();
    }
}
