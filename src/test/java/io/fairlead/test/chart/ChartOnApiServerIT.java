package io.fairlead.test.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.kube.ControlPlane;
import io.fairlead.lab.kube.Identity;
import io.fairlead.lab.run.LabRun;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.Lab;
import io.fairlead.lab.topology.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a real API server says to the chart: it knows the built-in kinds, and those of the Prometheus operator by that
 * project's own definitions. There are no nodes, so nothing runs.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ChartOnApiServerIT {

    private static final List<String> DEFINITIONS = List.of("podmonitors", "prometheusrules");
    private static final String KINDS =
            "daemonset,deployment,service,ingressclass,poddisruptionbudget,job,configmap,serviceaccount,role,rolebinding,"
                    + "networkpolicy,clusterrole,clusterrolebinding";

    private static final Pattern BY_HAND =
            Pattern.compile("kubectl -n kube-system patch daemonset kube-proxy --type=json -p '(.*)'");

    @TempDir
    private static Path folder;

    private LabRun run;
    private Lab lab;
    private Judge kubectl;
    private Judge helm;
    private String access;

    @BeforeAll
    void build() {
        run = LabRun.start(folder.resolve("lab"));
        lab = Lab.build(run, Topology.of(1, 1));
        Host host = lab.host(Topology.ROUTER);
        ControlPlane control =
                ControlPlane.start(run, host, Judge.JUDGES, "172.30.0.0/16,fd00:172:30::/112", List.of());
        access = "--kubeconfig=" + control.kubeconfig(Identity.ADMIN);
        kubectl = new Judge(Judge.JUDGES.program("kubernetes", "kubectl"), folder, Optional.of(host.namespace()));
        helm = Judge.helm(folder).in(host.namespace());
        for (String name : DEFINITIONS) {
            Path file = Judge.JUDGES.folder().resolve("prometheus-operator/monitoring.coreos.com_" + name + ".yaml");
            kubectl("apply", "--server-side", "-f", file.toString()).expectSuccess();
            kubectl("wait", "--for=condition=Established", "--timeout=20s", "crd/" + name + ".monitoring.coreos.com")
                    .expectSuccess();
        }
        for (String name : List.of(ValueSet.ALONE.namespace(), "shop", "staff", "certificates")) {
            kubectl("create", "namespace", name).expectSuccess();
        }
    }

    @AfterAll
    void remove() {
        lab.close();
        run.close();
    }

    private Judge.Ended kubectl(String... words) {
        return kubectl.run(with(words));
    }

    private Judge.Ended helm(String... words) {
        return helm.run(with(words));
    }

    private String[] with(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = access;
        System.arraycopy(words, 0, all, 1, words.length);
        return all;
    }

    private Judge.Ended dryRun(Path file) {
        return kubectl("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", file.toString());
    }

    @ParameterizedTest
    @MethodSource("io.fairlead.test.chart.ValueSet#all")
    void everyObjectIsTaken(ValueSet set) throws IOException {
        String rendered = set.render(helm);
        String said = dryRun(Files.writeString(folder.resolve(set + ".yaml"), rendered))
                .expectSuccess();
        assertEquals(Tree.parseAll(rendered).size(), said.lines().count(), said);
    }

    /** Both kinds of schemas really look. */
    @ParameterizedTest
    @CsvSource({"maxSurge:,maxSurges:", "podMetricsEndpoints:,podMetricEndpoints:", "alert: Fairlead,alarm: Fairlead"})
    void aMistakeIsNoticed(String right, String wrong) throws IOException {
        String rendered = ValueSet.MONITORED.render(helm).replace(right, wrong);
        Judge.Ended ended = dryRun(Files.writeString(folder.resolve("mistake.yaml"), rendered));
        assertNotEquals(0, ended.exitCode(), ended.toString());
        assertTrue(ended.err().contains(wrong.replaceAll(":.*", "")), ended.toString());
    }

    @Test
    void refusesAConfigMapThatIsNotThere() {
        Judge.Ended ended = helm("install", "other", Chart.FOLDER.toString(), "-n", "kube-system", "--no-hooks");
        assertNotEquals(0, ended.exitCode(), ended.toString());
        assertTrue(ended.err().contains("there is no ConfigMap kube-proxy"), ended.toString());
    }

    /** Hooks need nodes; the tests with a real cluster run them. */
    @Test
    void installsUpgradesAndLeavesNothing() {
        kubectl("create", "configmap", "kube-proxy", "-n", "kube-system").expectSuccess();
        try {
            String chart = Chart.FOLDER.toString();
            String notes = helm("install", "fairlead", chart, "-n", "kube-system", "--no-hooks")
                    .expectSuccess();
            assertTrue(notes.contains("rollout status daemonset/fairlead-proxy"), notes);
            assertEquals(8, mine().lines().count(), mine());
            permissions();
            helm(
                            "upgrade",
                            "fairlead",
                            chart,
                            "-n",
                            "kube-system",
                            "--no-hooks",
                            "--set",
                            "networkPolicy.enabled=false")
                    .expectSuccess();
            assertEquals(7, mine().lines().count(), mine());
            helm("upgrade", "fairlead", chart, "-n", "kube-system", "--no-hooks", "--set", "ingress.enabled=true")
                    .expectSuccess();
            assertEquals(8 + 10 + 5, mine().lines().count(), mine());
            permissionsOfTheIngress();
            helm("rollback", "fairlead", "1", "-n", "kube-system", "--no-hooks").expectSuccess();
            assertEquals(8, mine().lines().count(), mine());
            helm("uninstall", "fairlead", "-n", "kube-system", "--no-hooks").expectSuccess();
            assertEquals("", mine());
        } finally {
            helm("uninstall", "fairlead", "-n", "kube-system", "--no-hooks", "--ignore-not-found");
            kubectl("delete", "configmap", "kube-proxy", "-n", "kube-system").expectSuccess();
        }
    }

    /** The selector that the switch gives kube-proxy's DaemonSet can be taken away as the document says. */
    @Test
    void kubeProxyComesBackByHand() throws IOException {
        Matcher patch = BY_HAND.matcher(Chart.read(Chart.ROOT.resolve("docs/operate/migrate.md")));
        assertTrue(patch.find());
        Path file = Files.writeString(folder.resolve("kube-proxy.yaml"), """
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: kube-proxy, namespace: kube-system}
                spec:
                  selector: {matchLabels: {k8s-app: kube-proxy}}
                  template:
                    metadata: {labels: {k8s-app: kube-proxy}}
                    spec:
                      nodeSelector: {kubernetes.io/os: linux, fairlead.io/replaced-by: fairlead}
                      containers: [{name: kube-proxy, image: kube-proxy}]
                """);
        kubectl("apply", "-f", file.toString()).expectSuccess();
        kubectl("-n", "kube-system", "patch", "daemonset", "kube-proxy", "--type=json", "-p", patch.group(1))
                .expectSuccess();
        String selector = "-o=jsonpath={.spec.template.spec.nodeSelector}";
        assertEquals(
                "{\"kubernetes.io/os\":\"linux\"}",
                kubectl("get", "daemonset", "kube-proxy", "-n", "kube-system", selector)
                        .expectSuccess());
        kubectl("delete", "-f", file.toString()).expectSuccess();
    }

    private String mine() {
        return kubectl("get", KINDS, "-n", "kube-system", "-o", "name", "-l", "app.kubernetes.io/instance=fairlead")
                .expectSuccess();
    }

    /** What the two accounts may do, and what comes close and they may not. */
    private void permissions() {
        may("fairlead-proxy", "yes", "watch", "services");
        may("fairlead-proxy", "yes", "watch", "endpointslices.discovery.k8s.io");
        may("fairlead-proxy", "yes", "create", "events.events.k8s.io");
        may("fairlead-proxy", "no", "update", "services/status");
        may("fairlead-proxy", "no", "get", "secrets");
        may("fairlead-proxy", "no", "get", "configmaps");
        may("fairlead-proxy", "no", "patch", "daemonsets.apps/kube-proxy");
        may("fairlead-switch", "yes", "patch", "daemonsets.apps/kube-proxy");
        may("fairlead-switch", "yes", "get", "daemonsets.apps/fairlead-proxy");
        may("fairlead-switch", "no", "patch", "daemonsets.apps/fairlead-proxy");
        may("fairlead-switch", "no", "patch", "daemonsets.apps/other");
        may("fairlead-switch", "no", "delete", "daemonsets.apps/kube-proxy");
        may("fairlead-switch", "no", "list", "daemonsets.apps");
        may("fairlead-switch", "no", "get", "secrets");
    }

    private void permissionsOfTheIngress() {
        may("fairlead-ingress", "yes", "watch", "ingresses.networking.k8s.io");
        may("fairlead-ingress", "yes", "patch", "ingresses.networking.k8s.io/any", "--subresource=status");
        may("fairlead-ingress", "no", "patch", "ingresses.networking.k8s.io/any");
        may("fairlead-ingress", "yes", "list", "secrets");
        may("fairlead-ingress", "no", "get", "secrets");
        may("fairlead-ingress", "no", "patch", "secrets/fairlead-keys");
        may("fairlead-ingress", "yes", "patch", "leases.coordination.k8s.io/fairlead-ingress");
        may("fairlead-ingress", "no", "patch", "leases.coordination.k8s.io/fairlead-controller");
        may("fairlead-ingress", "no", "patch", "services/any", "--subresource=status");
        may("fairlead-controller", "yes", "patch", "secrets/fairlead-keys");
        may("fairlead-controller", "yes", "create", "secrets");
        may("fairlead-controller", "no", "list", "secrets");
        may("fairlead-controller", "no", "list", "secrets/other");
        may("fairlead-controller", "no", "delete", "secrets/fairlead-keys");
        may("fairlead-controller", "yes", "patch", "leases.coordination.k8s.io/fairlead-controller");
        may("fairlead-controller", "no", "watch", "services");
    }

    private void may(String account, String expected, String verb, String what, String... more) {
        List<String> words = new ArrayList<>(List.of("auth", "can-i", verb, what, "-n", "kube-system"));
        words.add("--as=system:serviceaccount:kube-system:" + account);
        words.addAll(List.of(more));
        String said = kubectl(words.toArray(String[]::new)).out().strip();
        assertEquals(expected, said, account + " " + verb + " " + what);
    }
}
