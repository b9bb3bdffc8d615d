package io.fairlead.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Console;
import io.fairlead.runtime.options.Invocation;
import io.fairlead.runtime.options.Verb;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The report as it is typed, on a machine that is not the node.
 *
 * <p>Confined to the test thread.
 */
class IpvsReportCommandTest {

    private static final String DUMP = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default}
            spec:
              clusterIP: 172.30.0.41
              type: NodePort
              ports: [{name: http, port: 80, nodePort: 30080}]
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: web-1, namespace: default, labels: {kubernetes.io/service-name: web}}
            addressType: IPv4
            endpoints: [{addresses: [10.180.0.1]}, {addresses: [10.180.0.2]}]
            ports: [{name: http, port: 8080}]
            ---
            apiVersion: v1
            kind: Node
            metadata: {name: node-1}
            status: {addresses: [{type: InternalIP, address: 192.168.0.1}, {type: ExternalIP, address: 203.0.113.1}]}
            """;

    private static final String CONFIG = """
            apiVersion: kubeproxy.config.k8s.io/v1alpha1
            kind: KubeProxyConfiguration
            clientConnection: {kubeconfig: /var/lib/kube-proxy/kubeconfig.conf}
            mode: %s
            hostnameOverride: node-1
            ipvs: {scheduler: lc, strictARP: true, tcpTimeout: 1h}
            """;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... words) {
        Console console = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
        Verb verb = IpvsReportCommand.verb(console);
        Invocation invocation = new CommandLine("fairlead", "test", List.of(verb.command())).parse(List.of(words));
        return verb.run().applyAsInt(((Invocation.Run) invocation).arguments());
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void kubeProxysOwnFileSaysTheSettings() throws IOException {
        String dump = write("dump.yaml", DUMP);
        assertEquals(1, run("ipvs-report", "--manifests", dump, "--config", write("config", CONFIG.formatted("ipvs"))));
        assertEquals("", err());
        assertTrue(out().contains("default/web  scheduler   lc: "), out());
        assertTrue(out().contains("default/web  node-ports  node:30080/tcp: not on 203.0.113.1; "), out());
        assertTrue(out().contains("(the node)   strict-arp  "), out());
        assertTrue(out().contains("TCP after 3600 s"), out());
    }

    @Test
    void choiceOfModeIptablesHidesNoNodePorts() throws IOException {
        String config = CONFIG.formatted("ipvs") + "iptables: {localhostNodePorts: false}\n";
        run("ipvs-report", "--manifests", write("dump.yaml", DUMP), "--config", write("config", config));
        assertTrue(out().contains("default/web  node-ports  node:30080/tcp: not on 203.0.113.1; "), out());
        assertTrue(!out().contains("loopback"), out());
    }

    @Test
    void fileOfAnotherModeIsNamed() throws IOException {
        String dump = write("dump.yaml", DUMP);
        run("ipvs-report", "--manifests", dump, "--config", write("config", CONFIG.formatted("iptables")));
        assertEquals("warning: --config does not ask for mode ipvs; the report is as if it did\n", err());
    }

    @Test
    void withoutDifferencesOfServices() throws IOException {
        String dump = write("dump.yaml", DUMP);
        assertEquals(
                0, run("ipvs-report", "--manifests", dump, "--node-name=node-1", "--nodeport-addresses=0.0.0.0/0"));
        assertTrue(out().endsWith("Services: 1, with differences of their own: 0, without: 1\n"), out());
    }

    @Test
    void nodeThatIsNotThere() throws IOException {
        assertEquals(2, run("ipvs-report", "--manifests", write("dump.yaml", DUMP), "--node-name=node-9"));
        assertEquals("error: there is no Node node-9; --node-name takes one of node-1\n", err());
    }
}
