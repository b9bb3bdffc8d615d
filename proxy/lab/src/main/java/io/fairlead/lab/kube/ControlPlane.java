package io.fairlead.lab.kube;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * etcd and kube-apiserver on a host of a lab: what kubeadm would run on a control plane node, less what needs nodes. Both
 * are processes of the run and end with it.
 *
 * <p>Confined to one thread at a time.
 */
public final class ControlPlane {

    public static final int PORT = 6443;

    private static final String CLUSTER_NAME = "lab";
    private static final String ETCD = "http://127.0.0.1:2379";
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(45);
    private static final long POLL_NANOS = 20_000_000;
    private static final int LOG_LINES_SHOWN = 8;

    private final LabRun run;
    private final Host host;
    private final Judges judges;
    private final Path folder;
    private final String serviceRange;
    private final Path tokens;
    private final Keys keys;
    private Process store;
    private Process server;

    private ControlPlane(LabRun run, Host host, Judges judges, Path folder, String serviceRange, List<Identity> users)
            throws IOException {
        this.run = run;
        this.host = host;
        this.judges = judges;
        this.folder = folder;
        this.serviceRange = serviceRange;
        this.keys = Keys.create(folder);
        this.tokens = folder.resolve("tokens.csv");
        StringBuilder lines = new StringBuilder(Identity.ADMIN.line());
        users.forEach(user -> lines.append(user.line()));
        Files.writeString(tokens, lines);
        this.store = startStore();
        this.server = startServer();
    }

    /**
     * Starts both and waits until the API answers.
     *
     * @param serviceRange ClusterIPs: one range of each family, with a comma
     * @param users whom the API server knows besides {@link Identity#ADMIN}
     */
    public static ControlPlane start(LabRun run, Host host, Judges judges, String serviceRange, List<Identity> users) {
        Path folder = run.folder().resolve("control-plane");
        try {
            Files.createDirectories(folder.resolve("certificates"));
            ControlPlane started = new ControlPlane(run, host, judges, folder, serviceRange, users);
            started.awaitReady();
            return started;
        } catch (IOException e) {
            throw new LabException("cannot prepare " + folder + ": " + e.getMessage(), e);
        }
    }

    private Process startStore() {
        return start(
                "etcd",
                judges.program("etcd", "server").toString(),
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=" + ETCD,
                "--advertise-client-urls=" + ETCD,
                "--listen-peer-urls=http://127.0.0.1:2380",
                "--initial-advertise-peer-urls=http://127.0.0.1:2380",
                "--initial-cluster=default=http://127.0.0.1:2380",
                "--log-level=error",
                // The run's data die with it.
                "--unsafe-no-fsync");
    }

    private Process startServer() {
        return start(
                "kube-apiserver",
                judges.program("kubernetes", "kube-apiserver").toString(),
                "--etcd-servers=" + ETCD,
                "--bind-address=" + host.addresses().v4().getHostAddress(),
                "--advertise-address=" + host.addresses().v4().getHostAddress(),
                "--secure-port=" + PORT,
                "--cert-dir=" + folder.resolve("certificates"),
                "--token-auth-file=" + tokens,
                "--authorization-mode=Node,RBAC",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + keys.checking(),
                "--service-account-signing-key-file=" + keys.signing(),
                "--service-cluster-ip-range=" + serviceRange,
                "--disable-admission-plugins=ServiceAccount",
                "--allow-privileged=true",
                "--shutdown-delay-duration=0s",
                "--v=1");
    }

    private Process start(String name, String... words) {
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
        return run.start(builder, host.namespace());
    }

    private Path log(String name) {
        return folder.resolve(name + ".log");
    }

    /** Waits until the API server says that it is ready. */
    public void awaitReady() {
        long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
        while (!isReady()) {
            if (!server.isAlive() || !store.isAlive() || System.nanoTime() > deadline) {
                throw new LabException("the API server is not ready; its log ends:\n" + logEnd("kube-apiserver")
                        + "\nand that of etcd:\n" + logEnd("etcd"));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private boolean isReady() {
        if (!Files.isReadable(certificate())) {
            return false;
        }
        try (KubeApi api = api(Identity.ADMIN, host)) {
            return api.get("/readyz").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private String logEnd(String name) {
        try {
            List<String> lines = Files.readAllLines(log(name));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    /** Kills the API server; what it stored stays. Returns when it is gone. */
    public void killServer() {
        server.destroyForcibly();
        server.onExit().join();
    }

    /** Starts the API server again, after {@link #killServer}, and waits until it is ready. */
    public void restartServer() {
        server = startServer();
        awaitReady();
    }

    /** The API, from a host of the same lab. */
    public KubeApi api(Identity user, Host from) {
        return KubeApi.from(from.namespace(), access(user));
    }

    /** Where the API is and who asks; the address is reachable inside of the lab only. */
    public ApiAccess access(Identity user) {
        return ApiAccess.of(new InetSocketAddress(host.addresses().v4(), PORT), certificate(), user.token());
    }

    private Path certificate() {
        return folder.resolve("certificates/apiserver.crt");
    }

    /** Writes a kubeconfig for a user and returns it. */
    public Path kubeconfig(Identity user) {
        Path file = folder.resolve(user.token() + ".kubeconfig");
        List<String> lines = new ArrayList<>(List.of(
                "apiVersion: v1",
                "kind: Config",
                "clusters:",
                "- name: " + CLUSTER_NAME,
                "  cluster:",
                "    server: https://" + host.addresses().v4().getHostAddress() + ":" + PORT,
                "    certificate-authority: " + certificate(),
                "users:",
                "- name: user",
                "  user: {token: " + user.token() + "}",
                "contexts:",
                "- name: lab",
                "  context: {cluster: " + CLUSTER_NAME + ", user: user}",
                "current-context: lab"));
        try {
            return Files.write(file, lines);
        } catch (IOException e) {
            throw new LabException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
