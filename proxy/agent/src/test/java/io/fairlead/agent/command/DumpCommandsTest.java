package io.fairlead.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.runtime.options.Arguments;
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
 * Answers from what {@code kubectl get services,endpointslices,nodes,servicecidrs -A -o yaml} gives.
 *
 * <p>Confined to the test thread.
 */
class DumpCommandsTest {

    private static final String DUMP = """
            apiVersion: v1
            items:
            - apiVersion: v1
              kind: Service
              metadata: {name: web, namespace: default, uid: 1234, resourceVersion: "77"}
              spec:
                clusterIP: 172.30.0.41
                clusterIPs: [172.30.0.41]
                type: NodePort
                ports: [{name: http, port: 80, protocol: TCP, targetPort: 8080, nodePort: 30080}]
            - apiVersion: discovery.k8s.io/v1
              kind: EndpointSlice
              metadata: {name: web-1, namespace: default, labels: {kubernetes.io/service-name: web}}
              addressType: IPv4
              endpoints:
              - {addresses: [10.180.0.1], conditions: {ready: true}, nodeName: node-1}
              - {addresses: [10.180.0.2], conditions: {ready: true}, nodeName: node-2}
              ports: [{name: http, port: 8080, protocol: TCP}]
            - apiVersion: v1
              kind: Node
              metadata: {name: node-1}
              spec: {podCIDR: 10.180.0.0/24, podCIDRs: [10.180.0.0/24]}
              status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
            - apiVersion: v1
              kind: Node
              metadata: {name: node-2}
              status: {addresses: [{type: InternalIP, address: 192.168.0.2}]}
            - apiVersion: networking.k8s.io/v1
              kind: ServiceCIDR
              metadata: {name: kubernetes}
              spec: {cidrs: [172.30.0.0/16]}
            kind: List
            metadata: {resourceVersion: ""}
            """;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Runs a command as it is typed. */
    private int run(String... words) {
        out.reset();
        err.reset();
        PrintStream target = new PrintStream(out, true, StandardCharsets.UTF_8);
        List<Verb> verbs = AskCommands.verbs(new Console(target, new PrintStream(err, true, StandardCharsets.UTF_8)));
        Invocation invocation = new CommandLine(
                        "fairlead", "test", verbs.stream().map(Verb::command).toList())
                .parse(List.of(words));
        Invocation.Run run = (Invocation.Run) invocation;
        Arguments arguments = run.arguments();
        return verbs.stream()
                .filter(verb -> verb.command().name().equals(words[0]))
                .findFirst()
                .orElseThrow()
                .run()
                .applyAsInt(arguments);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String dump(String name) {
        try {
            return Files.writeString(folder.resolve(name), DUMP).toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void explainsFromOneFile() {
        int code = run("explain", "203.0.113.7", "node:30080", "--manifests", dump("dump.yaml"), "--node-name=node-2");
        assertEquals("""
                203.0.113.7 -> 192.168.0.2:30080/tcp
                  - port 30080 of this node is the NodePort of default/web:http/tcp
                  - the source becomes this node
                  - ready endpoints: 2
                  - from a dump: this node's addresses are taken to be those of its Node object, 192.168.0.2
                => forwarded to one of 2, masqueraded
                BACKEND          WHERE         PROBABILITY  SOURCE
                10.180.0.1:8080  another node       50.0 %  becomes this node
                10.180.0.2:8080  this node          50.0 %  becomes this node
                """, out(), this::err);
        assertEquals(0, code);
        assertEquals("", err());
    }

    @Test
    void flagsOfTheAgentCount() {
        String dump = dump("dump.yaml");
        run(
                "explain",
                "10.180.0.9",
                "default/web",
                "--manifests",
                dump,
                "--node-name=node-1",
                "--cluster-cidr=10.181.0.0/16");
        assertTrue(out().contains("masqueraded\n"), out());
        run(
                "explain",
                "10.180.0.9",
                "default/web",
                "--manifests",
                dump,
                "--node-name=node-1",
                "--detect-local-mode=NodeCIDR",
                "-o",
                "yaml");
        assertTrue(out().contains("    masquerade: false\n"), out());
        run(
                "explain",
                "203.0.113.7",
                "192.168.0.1:30080",
                "--manifests",
                dump,
                "--node-name=node-1",
                "--nodeport-addresses=10.0.0.0/8");
        assertTrue(out().contains("=> not touched by Services"), out());
    }

    @Test
    void servicesAndEndpointsFromAFolder() {
        dump("all.yaml");
        assertEquals(0, run("services", "web", "--manifests", folder.toString(), "--node-name=node-1"), this::err);
        assertTrue(out().contains("default/web:http/tcp  node:30080/tcp"), out());
        assertEquals(0, run("endpoints", "--manifests", folder.toString(), "--node-name=node-1", "-o=json"), this::err);
        assertTrue(out().contains("\"endpoint\": \"10.180.0.2:8080\""), out());
    }

    @Test
    void jsonOfAnyName() throws IOException {
        String json =
                "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{\"apiVersion\": \"v1\", \"kind\": \"Node\","
                        + " \"metadata\": {\"name\": \"node-1\"}}]}";
        for (String name : List.of("dump.json", "dump")) {
            Files.writeString(folder.resolve(name), json);
            String file = folder.resolve(name).toString();
            assertEquals(0, run("services", "--manifests", file, "--node-name=node-1"), this::err);
        }
    }

    @Test
    void mistakesAreNamed() throws IOException {
        assertEquals(2, run("services", "--manifests", "/nonexistent/dump.yaml"));
        assertEquals("error: /nonexistent/dump.yaml does not exist\n", err());
        String dump = dump("dump.yaml");
        assertEquals(2, run("services", "--manifests", dump, "--node-name=node-9"));
        assertEquals("error: there is no Node node-9; --node-name takes one of node-1, node-2\n", err());
        Path broken = Files.writeString(folder.resolve("broken.yaml"), "a: [1,\nb: }");
        assertEquals(2, run("services", "--manifests", broken.toString()));
        assertTrue(err().startsWith("error: " + broken + ":2: "), err());
        assertEquals(2, run("explain", "10.0.0.5", "default/none", "--manifests", dump, "--node-name=node-1"));
        assertEquals("error: no Service default/none\n", err());
    }

    @Test
    void flagsThatTheAgentWouldNotHearAreRefused() {
        List<Verb> verbs = AskCommands.verbs(new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)));
        Invocation.Invalid invalid = (Invocation.Invalid) new CommandLine(
                        "fairlead", "test", verbs.stream().map(Verb::command).toList())
                .parse(List.of("services", "--cluster-cidr=10.0.0.0/8"));
        assertEquals(
                List.of("--cluster-cidr is for --manifests only: the agent of this node has its own"),
                invalid.mistakes());
    }

    @Test
    void whatCannotBeHonouredIsNamedAndTheRestAnswers() throws IOException {
        dump("all.yaml");
        Files.writeString(folder.resolve("bad.yaml"), "a: [1,\nb: }");
        assertEquals(0, run("services", "--manifests", folder.toString(), "--node-name=node-1"), this::err);
        assertTrue(err().startsWith("left out: Manifest bad.yaml (bad.yaml:2): "), err());
        assertTrue(out().contains("default/web"), out());
    }
}
