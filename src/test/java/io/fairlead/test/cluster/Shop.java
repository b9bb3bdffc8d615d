package io.fairlead.test.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.kube.ClusterImages;
import io.fairlead.lab.kube.KubeCluster;
import io.fairlead.lab.kube.KubePod;
import io.fairlead.lab.node.KubeNode;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.Probe;
import io.fairlead.lab.traffic.ProbeResult;
import io.fairlead.lab.traffic.TrafficLoad;
import io.fairlead.lab.traffic.Transport;
import io.fairlead.test.Poll;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A Deployment that a Service of every kind leads to, Pods that ask it on each node, and a client outside.
 *
 * <p>Confined to the test thread.
 */
final class Shop implements AutoCloseable {

    static final DualStack CLUSTER_IPS = DualStack.of("172.30.0.80", "fd00:172:30::80");
    static final DualStack LOAD_BALANCER = DualStack.of("198.51.100.80", "2001:db8:198::80");
    static final DualStack EXTERNAL = DualStack.of("198.51.100.81", "2001:db8:198::81");
    static final int PORT = 80;
    static final int NODE_PORT = 30080;
    static final int REPLICAS = 4;

    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final Duration SERVED_MAX = Duration.ofSeconds(20);
    private static final Duration LONGEST = Duration.ofSeconds(58);
    private static final int PER_SECOND = 60;
    private static final int QUESTIONS = 60;

    /** A Pod goes on answering while other nodes learn that it ends, as the documentation of Pod termination advises. */
    private static final String OBJECTS = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: shop}
            spec:
              replicas: %1$d
              selector: {matchLabels: {app: shop}}
              strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 2}}
              template:
                metadata: {labels: {app: shop}}
                spec:
                  terminationGracePeriodSeconds: 10
                  topologySpreadConstraints:
                  - maxSkew: 1
                    topologyKey: kubernetes.io/hostname
                    whenUnsatisfiable: ScheduleAnyway
                    labelSelector: {matchLabels: {app: shop}}
                  containers:
                  - name: pod
                    image: %2$s
                    env: [{name: GRACE, value: 4s}]
                    readinessProbe: {httpGet: {path: /readyz, port: 8080}, periodSeconds: 1}
            ---
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: shop}
            spec: {maxUnavailable: 1, selector: {matchLabels: {app: shop}}}
            ---
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: client}
            spec:
              selector: {matchLabels: {app: client}}
              template:
                metadata: {labels: {app: client}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers: [{name: pod, image: %2$s}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: shop}
            spec:
              type: LoadBalancer
              clusterIP: %3$s
              clusterIPs: [%3$s, "%4$s"]
              ipFamilyPolicy: RequireDualStack
              externalIPs: [%5$s, "%6$s"]
              selector: {app: shop}
              ports: [{port: %7$d, targetPort: 8080, nodePort: %8$d}]
            """.formatted(
                    REPLICAS,
                    ClusterImages.POD,
                    CLUSTER_IPS.text4(),
                    CLUSTER_IPS.text6(),
                    EXTERNAL.text4(),
                    EXTERNAL.text6(),
                    PORT,
                    NODE_PORT);

    private final KubeCluster cluster;
    private final List<KubePod> clients;
    private final List<TrafficLoad> loads = new ArrayList<>();

    private Shop(KubeCluster cluster, List<KubePod> clients) {
        this.cluster = cluster;
        this.clients = clients;
    }

    /** Opens it and waits until all of its Pods are ready and served on all nodes. */
    static Shop open(KubeCluster cluster) {
        cluster.apply(OBJECTS);
        cluster.kubectl(
                        "patch",
                        "service",
                        "shop",
                        "--subresource=status",
                        "--patch={\"status\": {\"loadBalancer\": {\"ingress\": [{\"ip\": \"" + LOAD_BALANCER.text4()
                                + "\"}, {\"ip\": \"" + LOAD_BALANCER.text6() + "\"}]}}}")
                .expectSuccess();
        cluster.awaitRollout("default", "deployment/shop");
        cluster.awaitRollout("default", "daemonset/client");
        Shop shop = new Shop(cluster, cluster.pods("default", "app=client"));
        Poll.until("the shop is served", SERVED_MAX, shop::isServed);
        return shop;
    }

    private static List<InetAddress> both(DualStack addresses) {
        return List.of(addresses.v4(), addresses.v6());
    }

    private static List<InetSocketAddress> at(int port, DualStack... addresses) {
        List<InetSocketAddress> targets = new ArrayList<>();
        for (DualStack each : addresses) {
            both(each).forEach(address -> targets.add(new InetSocketAddress(address, port)));
        }
        return targets;
    }

    /** Where it is reached from outside. */
    private List<InetSocketAddress> fromOutside() {
        List<InetSocketAddress> targets = new ArrayList<>(at(PORT, LOAD_BALANCER, EXTERNAL));
        cluster.nodes().forEach(node -> targets.addAll(at(NODE_PORT, node.host().addresses())));
        return targets;
    }

    /** Pods and nodes of the cluster. */
    private List<Host> inside() {
        List<Host> hosts = new ArrayList<>(clients.stream().map(KubePod::host).toList());
        cluster.nodes().stream().map(KubeNode::host).forEach(hosts::add);
        return hosts;
    }

    /** Begins to ask, from inside and from outside, with a new connection each time; at most for a minute. */
    void startTraffic() {
        startTraffic(LONGEST);
    }

    /** Asks for a while: every request was answered. */
    void expectNoFailureFor(Duration duration) {
        startTraffic(duration);
        loads.forEach(load -> assertTrue(load.await(duration.plus(TIMEOUT).plus(TIMEOUT))));
        expectNoFailure();
    }

    private void startTraffic(Duration duration) {
        List<InetSocketAddress> within = at(PORT, CLUSTER_IPS, LOAD_BALANCER);
        loads.add(TrafficLoad.start(inside(), new TrafficLoad.Settings(within, PER_SECOND, duration, TIMEOUT)));
        loads.add(TrafficLoad.start(
                List.of(cluster.outside()), new TrafficLoad.Settings(fromOutside(), PER_SECOND, duration, TIMEOUT)));
    }

    /** Ends the traffic: every request was answered. */
    void expectNoFailure() {
        for (TrafficLoad load : loads) {
            LoadReport report = load.finish();
            assertTrue(report.answered() > PER_SECOND, report::toString);
            assertEquals(0, report.failed(), report::toString);
        }
        endTraffic();
    }

    /** Every address leads to every Pod, from everybody who may use it. */
    void expectAllAddresses() {
        Set<String> pods = pods();
        assertEquals(REPLICAS, pods.size());
        for (Host client : inside()) {
            at(PORT, CLUSTER_IPS, LOAD_BALANCER, EXTERNAL).forEach(target -> expect(pods, client, target));
        }
        fromOutside().forEach(target -> expect(pods, cluster.outside(), target));
    }

    /** Every address is answered, from everybody who may use it: nodes learn of Pods some time after these are ready. */
    private boolean isServed() {
        return inside().stream()
                        .allMatch(client -> at(PORT, CLUSTER_IPS, LOAD_BALANCER, EXTERNAL).stream()
                                .allMatch(target -> isAnswered(client, target)))
                && fromOutside().stream().allMatch(target -> isAnswered(cluster.outside(), target));
    }

    private static boolean isAnswered(Host client, InetSocketAddress target) {
        return ask(client, target) instanceof ProbeResult.Answered;
    }

    private Set<String> pods() {
        Set<String> names = new TreeSet<>();
        for (KubePod pod : cluster.pods("default", "app=shop")) {
            try (pod) {
                names.add(pod.name());
            }
        }
        return names;
    }

    private static ProbeResult ask(Host client, InetSocketAddress target) {
        return new Probe(Transport.HTTP, target, TIMEOUT).from(client);
    }

    private static void expect(Set<String> pods, Host client, InetSocketAddress target) {
        Set<String> answers = new TreeSet<>();
        for (int i = 0; i < QUESTIONS && !answers.equals(pods); i++) {
            ProbeResult result = ask(client, target);
            answers.add(
                    result instanceof ProbeResult.Answered answered
                            ? answered.answer().pod()
                            : result.toString());
        }
        assertEquals(pods, answers, client.name() + " -> " + target);
    }

    /** Ends the traffic, whatever came of it. */
    void endTraffic() {
        loads.forEach(TrafficLoad::close);
        loads.clear();
    }

    @Override
    public void close() {
        endTraffic();
        clients.forEach(KubePod::close);
    }
}
