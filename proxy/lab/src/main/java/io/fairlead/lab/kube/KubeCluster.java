package io.fairlead.lab.kube;

import io.fairlead.lab.node.KubeNode;
import io.fairlead.lab.node.NodePrograms;
import io.fairlead.lab.node.NodeSetup;
import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.Lab;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * A whole Kubernetes cluster on this machine: a control plane on the router of a lab, real nodes, kube-proxy and CoreDNS
 * as kubeadm installs them, and a client outside.
 *
 * <p>Thread-safe once it is started.
 */
public final class KubeCluster implements AutoCloseable {

    /** ClusterIPs. */
    public static final String SERVICE_RANGE = "172.30.0.0/16,fd00:172:30::/112";

    /** Where pods ask for names. */
    public static final Inet4Address DNS = Inet4Address.ofLiteral("172.30.0.10");

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);

    /** Who routes Services at first. */
    public enum Proxy {
        /** kube-proxy in its mode of that name. */
        NFTABLES,
        /** kube-proxy in its mode of that name. */
        IPTABLES,
        /** Nobody; CoreDNS waits until somebody does, since it finds the API by its Service. */
        NONE
    }

    /**
     * How many nodes.
     *
     * <p>Immutable.
     *
     * @param nodes all of them
     * @param legacyNodes so many of them, the last ones, have the iptables of the older kernel interface
     */
    public record Size(int nodes, int legacyNodes) {}

    private final LabRun run;
    private final Judges judges;
    private final Lab lab;
    private final Identity admin = Identity.secret("lab:admin", "system:masters");
    private final Identity controllers = Identity.secret("system:kube-controller-manager");
    private final Identity scheduler = Identity.secret("system:kube-scheduler");
    private final Map<String, Identity> kubelets = new LinkedHashMap<>();
    private final ControlPlane control;
    private final KubeTool kubectl;
    private final List<KubeNode> nodes = new ArrayList<>();

    private KubeCluster(LabRun run, Judges judges, Lab lab) {
        this.run = run;
        this.judges = judges;
        this.lab = lab;
        List<Identity> users = new ArrayList<>(List.of(controllers, scheduler));
        for (NodeSpec node : lab.topology().nodes()) {
            Identity kubelet = Identity.secret("system:node:" + node.name(), "system:nodes");
            kubelets.put(node.name(), kubelet);
            users.add(kubelet);
        }
        Host router = lab.host(Topology.ROUTER);
        this.control = ControlPlane.start(
                run,
                router,
                judges,
                new ControlPlaneSetup(List.of(router.addresses().text4()), SERVICE_RANGE, admin, users, true));
        this.kubectl = tool("kubernetes", "kubectl");
    }

    /**
     * Builds it and waits until all nodes are ready and, if Services are routed, CoreDNS is.
     *
     * @param progress is told what has been reached
     */
    public static KubeCluster start(LabRun run, Judges judges, int nodes, Proxy proxy, Consumer<String> progress) {
        return start(run, judges, new Size(nodes, 0), proxy, progress);
    }

    /** The same with nodes that are not all alike. */
    public static KubeCluster start(LabRun run, Judges judges, Size size, Proxy proxy, Consumer<String> progress) {
        List<Path> images = new ClusterImages(judges).archives(progress);
        Lab lab = Lab.build(run, Topology.of(size.nodes(), 0));
        try {
            KubeCluster cluster = new KubeCluster(run, judges, lab);
            cluster.bringUp(images, size, proxy, progress);
            return cluster;
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    private void bringUp(List<Path> images, Size size, Proxy proxy, Consumer<String> progress) {
        progress.accept("the API answers");
        control.startAllControllers(controllers);
        control.startScheduler(scheduler);
        startNodes(size);
        onEachNode(KubeNode::awaitRuntime);
        progress.accept("containerd runs on every node");
        images.forEach(this::loadImages);
        progress.accept("images are loaded");
        if (proxy != Proxy.NONE) {
            apply(ClusterManifests.kubeProxy(proxy, control.url(0)));
        }
        apply(ClusterManifests.coreDns());
        awaitReady();
        progress.accept("all nodes are ready");
        if (proxy != Proxy.NONE) {
            awaitRollout("kube-system", "daemonset/kube-proxy");
            progress.accept("kube-proxy runs on every node");
            awaitRollout("kube-system", "deployment/coredns");
            progress.accept("CoreDNS is ready");
        }
    }

    private void startNodes(Size size) {
        NodePrograms programs = new NodePrograms(judges.project("kubernetes"), judges.project("containerd"));
        try (KubeApi api = api()) {
            ApiObjects objects = new ApiObjects(api, lab.topology());
            // Before the kubelets register them, which know nothing of ranges.
            lab.topology().nodes().forEach(objects::put);
        }
        for (NodeSpec spec : lab.topology().nodes()) {
            boolean legacyTools = nodes.size() >= size.nodes() - size.legacyNodes();
            nodes.add(KubeNode.start(run, lab.host(spec.host()), programs, setup(spec, legacyTools)));
        }
    }

    private NodeSetup setup(NodeSpec spec, boolean legacyTools) {
        Identity kubelet = kubelets.get(spec.name());
        if (kubelet == null) {
            throw new IllegalStateException(spec.name());
        }
        try {
            return new NodeSetup(
                    spec,
                    ClusterImages.PAUSE,
                    DNS,
                    control.kubeconfig(kubelet, control.url(0)),
                    control.kubeletClients(),
                    legacyTools);
        } catch (IOException e) {
            throw new LabException("cannot read the control plane's certificates: " + e.getMessage(), e);
        }
    }

    /** All at the same time, on threads that can enter namespaces. */
    private void onEachNode(Consumer<KubeNode> task) {
        try (ExecutorService workers = Executors.newFixedThreadPool(nodes.size())) {
            List<CompletableFuture<Void>> begun = nodes.stream()
                    .map(node -> CompletableFuture.runAsync(() -> task.accept(node), workers))
                    .toList();
            begun.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw e.getCause() instanceof LabException reason ? reason : e;
        }
    }

    /** Loads the images of an archive (docker-archive or OCI layout, a tar file) into every node. */
    public void loadImages(Path archive) {
        onEachNode(node -> node.importImages(archive));
    }

    public List<KubeNode> nodes() {
        return List.copyOf(nodes);
    }

    public Topology topology() {
        return lab.topology();
    }

    /** The client outside, behind the router. */
    public Host outside() {
        return lab.outside();
    }

    /** The control plane's host. */
    public Host router() {
        return lab.host(Topology.ROUTER);
    }

    public ControlPlane control() {
        return control;
    }

    /** Requests as the admin; the caller closes it. */
    public KubeApi api() {
        return control.api(admin, router());
    }

    /** A kubeconfig of the admin for a base URL at which the API is reached. */
    public String kubeconfig(String url) {
        try {
            return control.kubeconfig(admin, url);
        } catch (IOException e) {
            throw new LabException("cannot read the control plane's certificate: " + e.getMessage(), e);
        }
    }

    /** Runs kubectl as the admin. */
    public KubeTool.Result kubectl(String... words) {
        return kubectl.run("", List.of(words));
    }

    /** Runs Helm as the admin. */
    public KubeTool.Result helm(String... words) {
        return tool("helm", "helm").run("", List.of(words));
    }

    private KubeTool tool(String project, String program) {
        return new KubeTool(run, router(), judges.program(project, program), control.kubeconfig(admin));
    }

    /** Creates or changes objects. */
    public void apply(String manifests) {
        kubectl.run(manifests, List.of("apply", "--filename=-")).expectSuccess();
    }

    /** Waits until all nodes are ready. */
    public void awaitReady() {
        await("wait", "--for=condition=Ready", "nodes", "--all");
    }

    /** Waits until what a DaemonSet, Deployment or StatefulSet wants is there: {@code daemonset/kube-proxy}. */
    public void awaitRollout(String namespace, String object) {
        await("--namespace=" + namespace, "rollout", "status", object);
    }

    private void await(String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.add("--timeout=" + READY_TIMEOUT.toSeconds() + "s");
        KubeTool.Result result = kubectl.run("", line);
        if (result.exitCode() != 0) {
            KubeTool.Result pods = kubectl("get", "nodes,pods", "--all-namespaces", "--output=wide");
            throw new LabException("kubectl " + String.join(" ", line) + ": " + result.err() + "\n" + pods.out());
        }
    }

    /**
     * The Pods that run and have a network of their own, by name.
     *
     * @param labels a selector, such as {@code app=web}
     * @return the caller closes each
     */
    public List<KubePod> pods(String namespace, String labels) {
        String lines = kubectl(
                        "--namespace=" + namespace,
                        "get",
                        "pods",
                        "--selector=" + labels,
                        "--field-selector=status.phase=Running",
                        "--sort-by=.metadata.name",
                        "--output=jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName}"
                                + " {.status.podIPs[0].ip} {.status.podIPs[1].ip}{\"\\n\"}{end}")
                .expectSuccess()
                .out();
        List<KubePod> pods = new ArrayList<>();
        for (String line : lines.lines().toList()) {
            String[] pod = line.split(" ", -1);
            HostSpec spec = new HostSpec(pod[0], DualStack.of(pod[2], pod[3]));
            pods.add(new KubePod(pod[1], new Host(spec, node(pod[1]).podNamespace(namespace, pod[0]))));
        }
        return pods;
    }

    /** @throws LabException if there is no node of that name */
    public KubeNode node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new LabException("there is no node " + name));
    }

    /** Lets go of the namespaces; the run that it was made in ends all of it. */
    @Override
    public void close() {
        lab.close();
    }
}
