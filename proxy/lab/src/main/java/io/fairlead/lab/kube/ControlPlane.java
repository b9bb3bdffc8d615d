package io.fairlead.lab.kube;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * etcd and kube-apiserver on a host of a lab: what kubeadm would run on a control plane node. A second API server, on
 * another address of the host, the controllers and the scheduler are started when they are wanted. All are processes of
 * the run and end with it.
 *
 * <p>Confined to one thread at a time.
 */
public final class ControlPlane {

    public static final int PORT = 6443;

    private static final String CLUSTER_NAME = "lab";
    private static final String KUBELET_CLIENT = "kubelet-client";
    private static final String ETCD = "http://127.0.0.1:2379";
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(45);
    private static final long POLL_NANOS = 20_000_000;
    private static final int LOG_LINES_SHOWN = 8;
    private static final Pattern REVISION = Pattern.compile("\"revision\":\"([0-9]+)\"");

    private final LabRun run;
    private final Host host;
    private final Judges judges;
    private final ControlPlaneSetup setup;
    private final Path folder;
    private final Path tokens;
    private final Path auditPolicy;
    private final Keys keys;
    private final SelfSignedCertificate serving;
    private final List<String> flags;
    private final Process store;
    private final List<@Nullable Process> servers;

    private ControlPlane(LabRun run, Host host, Judges judges, ControlPlaneSetup setup, Path folder)
            throws IOException {
        this.run = run;
        this.host = host;
        this.judges = judges;
        this.setup = setup;
        this.folder = folder;
        this.keys = Keys.create(folder);
        this.serving = SelfSignedCertificate.create(folder, "serving", "CN=kube-apiserver", names());
        this.flags = setup.withNodes() ? flagsWithNodes() : List.of("--disable-admission-plugins=ServiceAccount");
        this.tokens = folder.resolve("tokens.csv");
        StringBuilder lines = new StringBuilder(setup.admin().line());
        setup.users().forEach(user -> lines.append(user.line()));
        Files.writeString(tokens, lines);
        this.auditPolicy = Files.writeString(folder.resolve("audit.yaml"), """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitStages: [RequestReceived]
                rules:
                - {level: None, users: ["lab:admin", "system:apiserver"]}
                - {level: Metadata}
                """);
        this.store = startStore();
        this.servers = new ArrayList<>();
        setup.addresses().forEach(_ -> servers.add(null));
    }

    private List<String> flagsWithNodes() {
        SelfSignedCertificate client = SelfSignedCertificate.create(
                folder, KUBELET_CLIENT, "CN=kube-apiserver-kubelet-client,O=system:masters", List.of());
        return List.of(
                "--enable-admission-plugins=NodeRestriction",
                "--kubelet-preferred-address-types=InternalIP",
                "--kubelet-client-certificate=" + client.certificate(),
                "--kubelet-client-key=" + client.key(),
                // Megabytes: such a cluster may stand for days.
                "--audit-log-maxsize=50",
                "--audit-log-maxbackup=1");
    }

    /** Under which the API servers are found, also through a relay of the lab's machine. */
    private List<String> names() {
        List<String> names = new ArrayList<>();
        setup.addresses().forEach(address -> names.add("ip:" + address));
        names.addAll(List.of("ip:" + serviceAddress(), "ip:127.0.0.1", "dns:kubernetes.default.svc"));
        return names;
    }

    /** As below, with one API server at the host's address. */
    public static ControlPlane start(LabRun run, Host host, Judges judges, String serviceRange, List<Identity> users) {
        return start(run, host, List.of(host.addresses().text4()), judges, serviceRange, users);
    }

    /**
     * Starts etcd and the first API server, and waits until the API answers.
     *
     * @param addresses of the host, IPv4: one for each API server that there may be
     * @param serviceRange ClusterIPs: one range of each family, with a comma
     * @param users whom the API server knows besides {@link Identity#ADMIN}
     */
    public static ControlPlane start(
            LabRun run, Host host, List<String> addresses, Judges judges, String serviceRange, List<Identity> users) {
        return start(run, host, judges, new ControlPlaneSetup(addresses, serviceRange, Identity.ADMIN, users, false));
    }

    /** Starts etcd and the first API server, and waits until the API answers. */
    static ControlPlane start(LabRun run, Host host, Judges judges, ControlPlaneSetup setup) {
        Path folder = run.folder().resolve("control-plane");
        try {
            Files.createDirectories(folder);
            ControlPlane started = new ControlPlane(run, host, judges, setup, folder);
            started.startServer(0);
            return started;
        } catch (IOException e) {
            throw new LabException("cannot prepare " + folder + ": " + e.getMessage(), e);
        }
    }

    /** The API's own Service has the first address of the range. */
    public String serviceAddress() {
        return setup.serviceAddress();
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

    /** Starts an API server, for the first time or after {@link #killServer}, and waits until it is ready. */
    public void startServer(int which) {
        List<String> words = new ArrayList<>(List.of(
                judges.program("kubernetes", "kube-apiserver").toString(),
                "--etcd-servers=" + ETCD,
                "--bind-address=" + setup.addresses().get(which),
                "--advertise-address=" + setup.addresses().get(which),
                "--secure-port=" + PORT,
                "--tls-cert-file=" + serving.certificate(),
                "--tls-private-key-file=" + serving.key(),
                "--token-auth-file=" + tokens,
                "--authorization-mode=Node,RBAC",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + keys.checking(),
                "--service-account-signing-key-file=" + keys.signing(),
                "--service-cluster-ip-range=" + setup.serviceRange(),
                "--audit-policy-file=" + auditPolicy,
                "--audit-log-path=" + folder.resolve("audit.log"),
                "--allow-privileged=true",
                "--shutdown-delay-duration=0s",
                "--v=1"));
        words.addAll(flags);
        Process server = start("kube-apiserver", words.toArray(String[]::new));
        servers.set(which, server);
        awaitReady(which, server);
    }

    /** Starts the controllers that make EndpointSlices of Services and Pods. */
    public void startControllers() {
        startControllers(setup.admin(), "--controllers=endpointslice-controller");
    }

    /** Starts all controllers, each with the role that Kubernetes has for it. */
    void startAllControllers(Identity user) {
        startControllers(
                user,
                "--use-service-account-credentials=true",
                "--service-account-private-key-file=" + keys.signing(),
                "--root-ca-file=" + serving.certificate());
    }

    private void startControllers(Identity user, String... more) {
        List<String> words = new ArrayList<>(List.of(
                judges.program("kubernetes", "kube-controller-manager").toString(),
                "--kubeconfig=" + kubeconfig(user),
                "--leader-elect=false",
                "--secure-port=0",
                "--v=1"));
        words.addAll(List.of(more));
        start("kube-controller-manager", words.toArray(String[]::new));
    }

    void startScheduler(Identity user) {
        start(
                "kube-scheduler",
                judges.program("kubernetes", "kube-scheduler").toString(),
                "--kubeconfig=" + kubeconfig(user),
                "--leader-elect=false",
                "--secure-port=0",
                "--v=1");
    }

    private Process start(String name, String... words) {
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()));
        return run.start(builder, host.namespace());
    }

    private void awaitReady(int which, Process server) {
        long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
        while (!isReady(which)) {
            if (!server.isAlive() || !store.isAlive() || System.nanoTime() > deadline) {
                throw new LabException("the API server is not ready; its log ends:\n" + logEnd("kube-apiserver")
                        + "\nand that of etcd:\n" + logEnd("etcd"));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private boolean isReady(int which) {
        try (KubeApi api = api(setup.admin(), host, which)) {
            return api.get("/readyz").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private String logEnd(String name) {
        try {
            List<String> lines = Files.readAllLines(folder.resolve(name + ".log"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    /** Kills an API server; what it stored stays. Returns when it is gone. */
    public void killServer(int which) {
        Process server = server(which);
        server.destroyForcibly();
        server.onExit().join();
        servers.set(which, null);
    }

    /** Process id of an API server that runs. */
    public long pid(int which) {
        return server(which).pid();
    }

    private Process server(int which) {
        Process server = servers.get(which);
        if (server == null) {
            throw new LabException("API server " + which + " does not run");
        }
        return server;
    }

    /** Makes etcd forget all history up to now: who wants to go on from an older resource version gets 410 Gone. */
    public void compactHistory() {
        Matcher revision = REVISION.matcher(ask("/v3/kv/range", "{\"key\": \"AA==\"}"));
        if (!revision.find()) {
            throw new LabException("etcd says no revision");
        }
        ask("/v3/kv/compaction", "{\"revision\": " + revision.group(1) + "}");
    }

    /** A request to etcd's JSON gateway. */
    private String ask(String path, String body) {
        try {
            return host.namespace().run(() -> {
                HttpURLConnection connection =
                        (HttpURLConnection) URI.create(ETCD + path).toURL().openConnection();
                connection.setDoOutput(true);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body.getBytes(StandardCharsets.UTF_8));
                }
                try (InputStream in = connection.getInputStream()) {
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
            });
        } catch (IOException e) {
            throw new LabException("etcd " + path + ": " + e.getMessage(), e);
        }
    }

    /** What others than the admin asked of the API servers, a JSON object of audit.k8s.io/v1 a line. */
    public List<String> auditLog() {
        try {
            return Files.readAllLines(folder.resolve("audit.log"));
        } catch (IOException e) {
            throw new LabException("cannot read the audit log: " + e.getMessage(), e);
        }
    }

    /** The API, from a host of the same lab, at the first server. */
    public KubeApi api(Identity user, Host from) {
        return api(user, from, 0);
    }

    /** The API, from a host of the same lab. */
    public KubeApi api(Identity user, Host from, int which) {
        InetSocketAddress server = new InetSocketAddress(setup.addresses().get(which), PORT);
        return KubeApi.from(from.namespace(), ApiAccess.of(server, serving.certificate(), user.token()));
    }

    /** Base URL of an API server. */
    public String url(int which) {
        return "https://" + setup.addresses().get(which) + ":" + PORT;
    }

    /** Writes a kubeconfig for a user, with the first server, and returns it. */
    public Path kubeconfig(Identity user) {
        Path file = folder.resolve(user.user().replaceAll("[^a-z0-9]+", "-") + ".kubeconfig");
        try {
            return Files.writeString(file, kubeconfig(user, url(0)));
        } catch (IOException e) {
            throw new LabException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** The text of a kubeconfig for a user who finds the API at this base URL; it names no files. */
    String kubeconfig(Identity user, String url) throws IOException {
        String authority = Base64.getEncoder().encodeToString(Files.readAllBytes(serving.certificate()));
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %s
                  cluster: {server: "%s", certificate-authority-data: %s}
                users:
                - name: user
                  user: {token: %s}
                contexts:
                - name: lab
                  context: {cluster: %s, user: user}
                current-context: lab
                """.formatted(CLUSTER_NAME, url, authority, user.token(), CLUSTER_NAME);
    }

    /** Who asks kubelets in the API servers' name, if there are nodes: a certificate in PEM. */
    String kubeletClients() throws IOException {
        return Files.readString(folder.resolve(KUBELET_CLIENT + ".crt"));
    }
}
