package io.fairlead.test.api;

import io.fairlead.lab.cluster.AgentProcess;
import io.fairlead.lab.cluster.AgentProgram;
import io.fairlead.lab.kube.ApiObjects;
import io.fairlead.lab.kube.ControlPlane;
import io.fairlead.lab.kube.Identity;
import io.fairlead.lab.kube.Judges;
import io.fairlead.lab.kube.KubeApi;
import io.fairlead.lab.kube.KubeProxy;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.topology.Lab;
import io.fairlead.lab.topology.NodeSpec;
import io.fairlead.lab.topology.Topology;
import io.fairlead.lab.traffic.PodServers;
import io.fairlead.lab.traffic.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A lab with a real API server on its router and an agent on each node that may do what its role says and nothing else.
 *
 * <p>Confined to the test thread.
 */
final class ApiCluster implements AutoCloseable {

    static final Identity AGENT = Identity.of("fairlead:agent");
    static final Identity CONTROLLER = Identity.of("fairlead:controller");
    static final Identity INGRESS = Identity.of("fairlead:ingress");

    private static final String SERVICE_RANGE = "172.30.0.0/16,fd00:172:30::/112";
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);
    private static final Judges JUDGES =
            new Judges(Path.of("../../target/judges").toAbsolutePath().normalize());

    private final LabRun run;
    private final Lab lab;
    private final PodServers servers;
    private final ControlPlane control;
    private final KubeApi api;
    private final ApiObjects objects;
    private final List<AgentProcess> agents = new ArrayList<>();

    /** With two nodes. */
    ApiCluster(Path base) {
        this(base, Topology.of(2, 2));
    }

    ApiCluster(Path base, Topology topology) {
        this.run = LabRun.start(base);
        try {
            this.lab = Lab.build(run, topology);
            this.servers = PodServers.start();
            lab.topology().pods().forEach(pod -> servers.serve(lab.host(pod)));
            Host router = lab.host(Topology.ROUTER);
            List<String> servers = List.of(router.addresses().text4(), Topology.OUTSIDE_GATEWAY.text4());
            List<Identity> users = List.of(AGENT, CONTROLLER, INGRESS, KubeProxy.USER);
            this.control = ControlPlane.start(run, router, servers, JUDGES, SERVICE_RANGE, users);
            this.api = control.api(Identity.ADMIN, router);
            this.objects = new ApiObjects(api, lab.topology());
            prepare();
        } catch (RuntimeException e) {
            run.close();
            throw e;
        }
    }

    private void prepare() {
        objects.apply("/apis/rbac.authorization.k8s.io/v1/clusterroles/fairlead-agent", resource("agent-role"));
        objects.apply(
                "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/fairlead-agent", resource("agent-binding"));
        lab.topology().nodes().forEach(objects::put);
    }

    static String resource(String name) {
        try (InputStream in = ApiCluster.class.getResourceAsStream("/rbac/" + name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts an agent on each node and waits until all are ready.
     *
     * @param more words of their command lines
     */
    void startAgents(String... more) {
        lab.topology().nodes().forEach(node -> startAgent(node, more));
        agents.forEach(agent -> agent.awaitReady(READY_TIMEOUT));
    }

    /** Starts an agent on one node, without waiting for it. */
    AgentProcess startAgent(NodeSpec node, String... more) {
        List<String> source = new ArrayList<>(
                List.of("--kubeconfig", control.kubeconfig(AGENT).toString()));
        source.addAll(List.of(more));
        AgentProcess agent = AgentProcess.start(run, lab.host(node.host()), AgentProgram.ofThisProcess(), source);
        agents.add(agent);
        return agent;
    }

    /** Starts the real kube-proxy on one node, without waiting for it. */
    KubeProxy startKubeProxy(NodeSpec node, KubeProxy.Mode mode) {
        return KubeProxy.start(run, lab.host(node.host()), JUDGES, control.kubeconfig(KubeProxy.USER), mode);
    }

    /** Kills all agents; what they put into the kernel stays. */
    void killAgents() {
        agents.forEach(AgentProcess::kill);
        agents.clear();
    }

    /** A Pod that runs, as its kubelet would say, with a label {@code app}. */
    void putPod(HostSpec pod, String app) throws IOException {
        String path = "/api/v1/namespaces/default/pods/" + pod.name();
        objects.apply(
                path, """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, labels: {app: %s}}
                spec:
                  nodeName: %s
                  containers: [{name: server, image: none, ports: [{containerPort: %d}]}]
                """.formatted(pod.name(), app, topology().nodeOf(pod).name(), Transport.HTTP.podPort()));
        api.merge(path + "/status", """
                {"status": {"phase": "Running", "podIP": "%s", "podIPs": [{"ip": "%s"}, {"ip": "%s"}],
                  "conditions": [{"type": "Ready", "status": "True"}]}}
                """.formatted(
                                pod.addresses().text4(),
                                pod.addresses().text4(),
                                pod.addresses().text6()))
                .expectSuccess();
    }

    ControlPlane control() {
        return control;
    }

    KubeApi api() {
        return api;
    }

    ApiObjects objects() {
        return objects;
    }

    Topology topology() {
        return lab.topology();
    }

    Host host(HostSpec spec) {
        return lab.host(spec);
    }

    Host outside() {
        return lab.outside();
    }

    List<AgentProcess> agents() {
        return List.copyOf(agents);
    }

    @Override
    public void close() {
        api.close();
        servers.close();
        lab.close();
        run.close();
    }
}
