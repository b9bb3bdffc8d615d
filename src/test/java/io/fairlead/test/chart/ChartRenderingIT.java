package io.fairlead.test.chart;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the real Helm makes of the chart.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
final class ChartRenderingIT {

    private static final Pattern INSTALLATION =
            Pattern.compile("(?m)^ {4}helm install fairlead charts/fairlead ((?:.*\\\\\n)*.*)$");

    private static final Pattern OWN_VALUES = Pattern.compile("(?m)where `own.yaml` says:\n\n((?: {4}.*\n)+)");

    /** Where the flags of each component are documented. */
    private static final Map<String, String> FLAGS =
            Map.of("proxy", "docs/operate/config.md", "ingress", "docs/operate/ingress.md");

    private static final Pattern ENDING = Pattern.compile("--(?:shutdown-delay|drain-time)=([0-9]+)s");

    @TempDir
    private Path folder;

    private Judge helm() {
        return Judge.helm(folder);
    }

    @ParameterizedTest
    @MethodSource("io.fairlead.test.chart.ValueSet#all")
    void lintFindsNothing(ValueSet set) {
        String said = helm().run(
                        "lint",
                        "--strict",
                        "--namespace",
                        set.namespace(),
                        "-f",
                        set.values().toString(),
                        Chart.FOLDER.toString())
                .expectSuccess();
        assertTrue(said.contains("1 chart(s) linted, 0 chart(s) failed"), said);
    }

    /** The files that are taken in as they are stand in the golden file by their names. */
    @ParameterizedTest
    @MethodSource("io.fairlead.test.chart.ValueSet#all")
    void rendersAsBefore(ValueSet set) {
        String rendered = set.render(helm());
        for (Path file : Chart.FILES) {
            for (int indent : new int[] {2, 4}) {
                String pad = " ".repeat(indent);
                String body = Chart.read(file).stripTrailing().indent(indent);
                rendered = rendered.replace(body, pad + "(" + Chart.FOLDER.relativize(file) + ")\n");
            }
        }
        assertEquals(Chart.golden(set.golden(), rendered), rendered);
    }

    @Test
    void packagesUnderTheVersionOfTheProject() throws IOException {
        helm().run("package", "--destination", folder.toString(), Chart.FOLDER.toString())
                .expectSuccess();
        String version =
                Chart.after(Chart.FOLDER.resolve("Chart.yaml"), "version:").orElseThrow();
        Path archive = folder.resolve("fairlead-" + version + ".tgz");
        assertTrue(Files.exists(archive), "no " + archive);
        String shown = helm().run("show", "values", archive.toString()).expectSuccess();
        assertEquals(Chart.read(Chart.VALUES).strip(), shown.strip());
    }

    /** What is wrong, and what the message must name. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prox.mode=nftables                          | 'prox'
            proxy.kubeProxy.replace=perhaps             | /proxy/kubeProxy/replace
            proxy.kubeProxy.configMap=Kube_Proxy        | /proxy/kubeProxy/configMap
            proxy.kubeProxy.configMap=                  | /kubernetes/servers
            proxy.kubeProxy.switchSeconds=0             | /proxy/kubeProxy/switchSeconds
            proxy.kubeProxy.switchSeconds=4m            | /proxy/kubeProxy/switchSeconds
            proxy.config.mode=nftables                  | /proxy/config
            proxy.config.mode=fast                      | /proxy/config/mode
            proxy.config.kubeReserved=true              | 'kubeReserved'
            proxy.config.iptables.masqueradeBit=32      | /proxy/config/iptables/masqueradeBit
            proxy.config.nftables.minSyncPeriod=1 s     | /proxy/config/nftables/minSyncPeriod
            proxy.extraArgs[0]=nftables                 | /proxy/extraArgs/0
            proxy.extraArgs[0]=--config=/etc/other      | /proxy/extraArgs/0
            proxy.log.level=loud                        | /proxy/log/level
            proxy.pagesPort=70000                       | /proxy/pagesPort
            proxy.pagesPort=http                        | /proxy/pagesPort
            proxy.resources.limits.memory=null          | 'memory'
            proxy.resources.limits.memory=lots          | /proxy/resources/limits/memory
            proxy.resources.limits=null                 | 'limits'
            proxy.resources.limits.gpu=1                | 'gpu'
            proxy.maxUnavailable=0                      | /proxy/maxUnavailable
            proxy.maxUnavailable=120%                   | /proxy/maxUnavailable
            proxy.tolerations[0].effect=Never           | /proxy/tolerations/0/effect
            proxy.podLabels.team=a b                    | /proxy/podLabels/team
            image.digest=sha256:12                      | /image/digest
            image.repository=https://registry/fairlead  | /image/repository
            image.pullPolicy=Sometimes                  | /image/pullPolicy
            kubernetes.servers[0]=10.0.0.1:6443         | /kubernetes/servers/0
            monitoring.podMonitor.interval=30           | /monitoring/podMonitor/interval
            networkPolicy.apiServerPorts[0]=0           | /networkPolicy/apiServerPorts/0
            fullnameOverride=Fairlead                   | /fullnameOverride
            proxy.nodeSelector.zone=a                   | proxy.kubeProxy.replace=false
            ingress.kind=StatefulSet                    | /ingress/kind
            ingress.replicas=-1                         | /ingress/replicas
            ingress.hostPorts.http=0                    | /ingress/hostPorts/http
            ingress.service.type=ExternalName           | /ingress/service/type
            ingress.service.loadBalancerSourceRanges[0]=everywhere | /ingress/service/loadBalancerSourceRanges/0
            ingress.ingressClass.name=                  | /ingress/ingressClass/name
            ingress.watchNamespaces[0]=Shop             | /ingress/watchNamespaces/0
            ingress.defaultCertificate=wildcard         | /ingress/defaultCertificate
            ingress.publishAddresses[0]=a b             | /ingress/publishAddresses/0
            ingress.accessLog=verbose                   | /ingress/accessLog
            ingress.tlsPolicy=old                       | /ingress/tlsPolicy
            ingress.trustedProxies[0]=10.0.0.1          | /ingress/trustedProxies/0
            ingress.drainSeconds=30s                    | /ingress/drainSeconds
            ingress.metricsLabelsMax=0                  | /ingress/metricsLabelsMax
            ingress.extraArgs[0]=--http-address=:80     | /ingress/extraArgs/0
            ingress.sharedKeys.secret=Keys              | /ingress/sharedKeys/secret
            ingress.runDir=run                          | /ingress/runDir
            ingress.resources.limits.memory=null        | 'memory'
            ingress.clients[0].host=a                   | 'host'
            ingress.enabled=true,ingress.hostNetwork=true | ingress.kind=DaemonSet
            ingress.enabled=true,ingress.kind=DaemonSet,ingress.autoscaling.enabled=true | ingress.kind=Deployment
            ingress.enabled=true,ingress.service.type=ClusterIP,ingress.service.externalTrafficPolicy=Local | externalTrafficPolicy
            controller.replicas=0                       | /controller/replicas
            controller.keyRotation=daily                | /controller/keyRotation
            controller.extraArgs[0]=--lease=a/b         | /controller/extraArgs/0
            """)
    void refusesWrongValues(String wrong, String named) {
        Judge.Ended ended =
                helm().run("template", "fairlead", Chart.FOLDER.toString(), "-n", "kube-system", "--set", wrong);
        assertNotEquals(0, ended.exitCode(), ended.toString());
        assertTrue(ended.err().contains(named), ended.toString());
    }

    /** Every installation that a document shows would be made. */
    @Test
    void documentedInstallationsRender() throws IOException {
        int shown = 0;
        Matcher own = OWN_VALUES.matcher(document("docs/operate/install.md"));
        assertTrue(own.find());
        Files.writeString(folder.resolve("own.yaml"), own.group(1));
        Judge shell = new Judge(Path.of("/bin/sh"), folder, Optional.empty());
        String template = helm().program() + " template fairlead " + Chart.FOLDER + " ";
        for (String name : List.of("docs/operate/install.md", "docs/operate/migrate.md", "charts/fairlead/README.md")) {
            Matcher command = INSTALLATION.matcher(document(name));
            while (command.find()) {
                String rendered = shell.run("-c", template + command.group(1)).expectSuccess();
                assertTrue(rendered.contains("kind: DaemonSet"), command.group());
                shown++;
            }
        }
        assertTrue(shown >= 5, "installations shown: " + shown);
    }

    private static String document(String name) {
        return Chart.read(Chart.ROOT.resolve(name));
    }

    @Test
    void refusesANamespaceWithoutKubeProxy() {
        Judge.Ended ended = helm().run("template", "fairlead", Chart.FOLDER.toString());
        assertNotEquals(0, ended.exitCode(), ended.toString());
        assertTrue(ended.err().contains("add --namespace kube-system"), ended.toString());
    }

    /** The role that tests with a real API server hold the agent to. */
    @Test
    void agentMayDoWhatItIsTestedWith() {
        Tree role = ValueSet.object(ValueSet.DEFAULTS.objects(helm()), "ClusterRole", "fairlead-proxy");
        Tree tested = Tree.parse(Chart.read(Path.of("resources/rbac/agent-role.yaml")));
        assertEquals(tested.at("rules"), role.at("rules"));
    }

    /** The same of ingress and controller; by the ingress's own namespace goes what a list of namespaces gives. */
    @Test
    void ingressAndControllerMayDoWhatTheyAreTestedWith() {
        List<Tree> objects = ValueSet.HOSTS.objects(helm());
        assertEquals(
                tested("ingress").at("rules"),
                ValueSet.object(objects, "ClusterRole", "fairlead-ingress").at("rules"));
        assertEquals(
                tested("controller").at("rules"),
                ValueSet.object(objects, "Role", "fairlead-controller").at("rules"));
        List<Tree> own = new ArrayList<>();
        for (String name : List.of("fairlead-ingress", "fairlead-ingress-secrets")) {
            objects.stream()
                    .filter(object -> object.at("kind").text().equals("Role")
                            && object.at("metadata.name").text().equals(name)
                            && object.at("metadata.namespace").text().equals("kube-system"))
                    .forEach(role -> own.addAll(role.at("rules").list()));
        }
        assertEquals(tested("ingress-own").at("rules").list(), own);
    }

    private static Tree tested(String name) {
        return Tree.parse(Chart.read(Path.of("resources/rbac", name + ".yaml")));
    }

    @ParameterizedTest
    @MethodSource("io.fairlead.test.chart.ValueSet#all")
    void programsKnowTheirFlags(ValueSet set) {
        int seen = 0;
        for (Tree object : set.objects(helm())) {
            String component = object.at("metadata.labels")
                    .child("app.kubernetes.io/component")
                    .text();
            for (Tree container : containers(object.at("spec.template.spec"))) {
                if (FLAGS.containsKey(component)) {
                    assertDocumented(container, document(FLAGS.get(component)));
                    seen++;
                }
            }
        }
        assertTrue(seen > 0);
    }

    private static void assertDocumented(Tree container, String document) {
        List<String> unknown = new ArrayList<>();
        for (Tree word : container.at("args").list()) {
            String flag = word.text().replaceFirst("=.*", "");
            if (flag.startsWith("--") && !document.matches("(?s).*`" + flag + "[ =`].*")) {
                unknown.add(flag);
            }
        }
        assertEquals(List.of(), unknown);
        assertTrue(container.at("args").list().size() > 2, container::toString);
    }

    /** Kubernetes ends a Pod that takes longer. */
    @ParameterizedTest
    @MethodSource("io.fairlead.test.chart.ValueSet#all")
    void theIngressHasTheTimeToEndThatItTakes(ValueSet set) {
        for (Tree object : set.objects(helm())) {
            Tree pod = object.at("spec.template.spec");
            for (Tree container : containers(pod)) {
                int takes = container.at("args").list().stream()
                        .map(word -> ENDING.matcher(word.text()))
                        .filter(Matcher::matches)
                        .mapToInt(time -> Integer.parseInt(time.group(1)))
                        .sum();
                if (takes > 0) {
                    assertEquals(
                            takes + 10,
                            Integer.parseInt(
                                    pod.at("terminationGracePeriodSeconds").text()));
                }
            }
        }
    }

    /** The surge Pod of a DaemonSet is put beside the old one only if neither asks for ports of the node. */
    @Test
    void theIngressOnHostsIsUpdatedBesideItself() {
        Tree set = ValueSet.object(ValueSet.HOSTS.objects(helm()), "DaemonSet", "fairlead-ingress");
        assertEquals("1", set.at("spec.updateStrategy.rollingUpdate.maxSurge").text());
        Tree container = set.at("spec.template.spec.containers.0");
        assertEquals(List.of(), container.at("ports").list());
        assertEquals(
                "[NET_BIND_SERVICE]",
                container.at("securityContext.capabilities.add").text());
    }

    /** What a rendered container may do beyond any other is a line each in the document about security. */
    @ParameterizedTest
    @MethodSource("io.fairlead.test.chart.ValueSet#all")
    void everyPrivilegeIsJustified(ValueSet set) {
        String document = document("docs/operate/security.md");
        List<String> privileges = new ArrayList<>();
        for (Tree object : set.objects(helm())) {
            Tree pod = object.at("spec.template.spec");
            if (pod.at("hostNetwork").isPresent()) {
                privileges.add("hostNetwork");
            }
            for (Tree volume : pod.at("volumes").list()) {
                volume.find("hostPath.path").ifPresent(privileges::add);
            }
            for (Tree container : containers(pod)) {
                container.at("securityContext.capabilities.add").list().forEach(added -> privileges.add(added.text()));
                container
                        .at("ports")
                        .list()
                        .forEach(port -> port.find("hostPort").ifPresent(some -> privileges.add("hostPort")));
                container.find("securityContext.privileged").ifPresent(yes -> privileges.add("privileged"));
            }
        }
        assertAll(privileges.stream()
                .map(privilege -> () -> assertTrue(document.contains("| `" + privilege + "` |"), privilege)));
        boolean cleansUp = !List.of(ValueSet.BESIDE, ValueSet.ALONE).contains(set);
        assertEquals(cleansUp, privileges.contains("NET_RAW"), set.name());
    }

    @ParameterizedTest
    @MethodSource("io.fairlead.test.chart.ValueSet#all")
    void everyContainerIsConfined(ValueSet set) {
        int seen = 0;
        for (Tree object : set.objects(helm())) {
            for (Tree container : containers(object.at("spec.template.spec"))) {
                String name = object.at("metadata.name").text() + "/"
                        + container.at("name").text();
                Tree context = container.at("securityContext");
                assertEquals("true", context.at("readOnlyRootFilesystem").text(), name);
                assertTrue(container.find("resources.limits.memory").isPresent(), name);
                if (!context.at("privileged").isPresent()) {
                    assertEquals("false", context.at("allowPrivilegeEscalation").text(), name);
                    assertEquals("[ALL]", context.at("capabilities.drop").text(), name);
                }
                seen++;
            }
        }
        assertTrue(seen > 0);
    }

    private static List<Tree> containers(Tree pod) {
        List<Tree> containers = new ArrayList<>(pod.at("initContainers").list());
        containers.addAll(pod.at("containers").list());
        return containers;
    }
}
