package io.fairlead.cluster.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterProbe;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.Gadget;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.Manifests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What files say, and what happens when they say it badly. */
@Timeout(60)
final class ManifestSourceTest {

    private static final String WEB = Manifests.service("web", "172.30.0.41", 80);
    private static final String SHOP = Manifests.service("shop", "172.30.0.42", 80);

    @TempDir
    private Path folder;

    private final ClusterProbe probe = new ClusterProbe();
    private ManifestSource source;

    @BeforeEach
    void newSource() {
        source = new ManifestSource(folder, SourceScope.ofNode("n1"), probe.sink());
    }

    @AfterEach
    void close() {
        source.close();
        probe.close();
    }

    private void write(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClusterChange.SetAside report(ClusterSnapshot snapshot, ClusterKind kind, String name) {
        ObjectName objectName =
                kind == ClusterKind.MANIFEST ? new ObjectName("", name) : new ObjectName("default", name);
        ClusterChange.SetAside report = snapshot.setAside().get(new ObjectKey(kind, objectName));
        if (report == null) {
            throw new AssertionError(name + " is not among " + snapshot.setAside());
        }
        return report;
    }

    @Test
    void anEmptyDirectoryIsAnEmptyCluster() {
        source.start();
        ClusterSnapshot snapshot = probe.await("the first snapshot", _ -> true);
        assertTrue(snapshot.services().isEmpty());
        assertEquals(List.of(new ClusterChange.Synced()), probe.said());
    }

    @Test
    void readsKindsOfOneModuleToo() {
        source.close();
        source = new ManifestSource(folder, Gadget.SCOPE, probe.sink());
        write("a.yaml", WEB + "---\n" + Gadget.json("a", 1) + "---\n" + Gadget.json("b", 10));
        source.start();
        ClusterSnapshot snapshot = probe.awaitSetAside(1);
        assertEquals(
                List.of(Gadget.of("a", 1)),
                List.copyOf(snapshot.objects(Gadget.KIND).values()));
        assertEquals(
                "spec.size: 10 is not a size (1..9)",
                report(snapshot, Gadget.KIND.kind(), "b").reason());
    }

    @Test
    void readsYamlAndJsonAndListsInSubFolders() {
        write("a.yaml", WEB + "---\n" + SHOP + "---\n# nothing here\n---\nnull\n");
        write("b.json", """
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "json"}, "spec": {"clusterIP": "172.30.0.43"}}
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "json2"}, "spec": {"clusterIP": "172.30.0.44"}}
                """);
        write("deep/er/list.yml", """
                apiVersion: v1
                items:
                - apiVersion: v1
                  kind: Service
                  metadata: {name: item}
                  spec: {clusterIP: 172.30.0.45}
                - apiVersion: discovery.k8s.io/v1
                  kind: EndpointSlice
                  metadata: {name: item-1, labels: {kubernetes.io/service-name: item}}
                  addressType: IPv4
                kind: List
                """);
        write("typed.yaml", """
                apiVersion: v1
                kind: ServiceList
                items:
                - {metadata: {name: typed}, spec: {clusterIP: 172.30.0.46}}
                """);
        write("bom.json", """
                \ufeff
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "bom"}, "spec": {"clusterIP": "172.30.0.47"}}
                """);
        source.start();
        ClusterSnapshot snapshot = probe.awaitServices("web", "shop", "json", "json2", "item", "typed", "bom");
        assertEquals(1, snapshot.slicesOf(new ObjectName("default", "item")).size());
        assertTrue(snapshot.setAside().isEmpty(), snapshot.setAside().toString());
    }

    @Test
    void leavesOutWhatIsNotAManifest() {
        write("a.yaml", WEB);
        for (String name : List.of(
                ".hidden.yaml", ".git/x.yaml", "a.yaml~", ".a.yaml.swp", "#a.yaml#", "README.md", "a.yaml.bak")) {
            write(name, Manifests.service("wrong", "172.30.0.49", 80));
        }
        write("other.yaml", """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec: {template: {metadata: {labels: {<: x}}}}
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                ---
                apiVersion: v1
                kind: Node
                metadata: {name: n2}
                ---
                apiVersion: v1
                kind: Node
                metadata: {name: n1}
                """);
        source.start();
        ClusterSnapshot snapshot = probe.awaitServices("web");
        assertEquals(List.of("n1"), List.copyOf(snapshot.nodes().keySet()));
        assertTrue(snapshot.setAside().isEmpty(), snapshot.setAside().toString());
        assertEquals(new ManifestSource.Status(2, 0, 3, true), source.status());
    }

    @Test
    void keepsEveryNodeWhenNoneIsNamed() {
        write("nodes.yaml", """
                {apiVersion: v1, kind: Node, metadata: {name: n1}}
                ---
                {apiVersion: v1, kind: Node, metadata: {name: n2}}
                """);
        source = new ManifestSource(folder, SourceScope.ofNode(""), probe.sink());
        source.start();
        assertEquals(
                2, probe.await("two Nodes", s -> s.nodes().size() == 2).nodes().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a: [1, 2               | bad.yaml:2 | not YAML: while parsing a flow sequence: expected ',' or ']'
            a: b: c                | bad.yaml:1 | not YAML: mapping values are not allowed here
            'a: "x'                | bad.yaml:2 | not YAML: while scanning a quoted scalar: found unexpected end of stream
            {"kind": "Service"     | bad.yaml:2 | not YAML: while parsing a flow mapping: expected ',' or '}'
            {"a": 1, "a": 2}       | bad.yaml:1 | the key 'a' is there twice
            a: 1~a: 2              | bad.yaml:2 | the key 'a' is there twice
            '? [a, b]~: c'         | bad.yaml:1 | a key must be a plain value
            a: *nowhere            | bad.yaml:1 | no value before this alias: 'nowhere'
            a: &a [*a]             | bad.yaml:1 | no value before this alias: 'a'
            'a: &a {b: 1}~c:~  <<: *a' | bad.yaml:3 | merge keys (<<) are not part of YAML 1.2
            'a: "\u0001"'           | bad.yaml   | not YAML: special characters are not allowed
            """)
    void aBadFileKeepsItsLastGoodContent(String text, String where, String reason) {
        write("bad.yaml", WEB);
        write("good.yaml", SHOP);
        source.start();
        probe.awaitServices("web", "shop");
        write("bad.yaml", text.replace('~', '\n') + "\n");
        write("good.yaml", Manifests.service("shop", "172.30.0.42", 81));
        probe.awaitPort("shop", 81);
        ClusterSnapshot snapshot = probe.awaitSetAside(1);
        ClusterChange.SetAside report = report(snapshot, ClusterKind.MANIFEST, "bad.yaml");
        assertTrue(report.reason().startsWith(reason), report.reason());
        assertEquals(where, report.where());
        assertEquals(2, snapshot.services().size());
        write("bad.yaml", Manifests.service("web", "172.30.0.41", 82));
        probe.awaitPort("web", 82);
        probe.awaitSetAside(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"kind": "Service"   | bad.json:2 | not JSON: Unexpected end-of-input
            {"a": 1,~ "a": 2}    | bad.json:2 | the key 'a' is there twice
            ~{"a": NaN}          | bad.json:2 | not JSON: Non-standard token 'NaN'
            kind: Service        | bad.json:1 | not JSON: Unrecognized token 'kind'
            {"a": 1} }           | bad.json:1 | not JSON: Unexpected close marker '}'
            {"a": [1, 2}         | bad.json:1 | not JSON: Unexpected close marker '}'
            """)
    void aBadJsonFileIsReported(String text, String where, String reason) {
        write("good.yaml", WEB);
        ClusterSnapshot snapshot = firstSnapshot("bad.json", text.replace('~', '\n') + "\n");
        ClusterChange.SetAside report = report(snapshot, ClusterKind.MANIFEST, "bad.json");
        assertTrue(report.reason().startsWith(reason), report.reason());
        assertEquals(where, report.where());
        assertEquals(1, snapshot.services().size());
    }

    @Test
    void aBadObjectIsSetAsideAlone() {
        write("a.yaml", WEB + "---\n" + Manifests.service("bad", "172.30.0.50", 70000) + "---\n" + SHOP);
        source.start();
        ClusterSnapshot snapshot = probe.awaitServices("web", "shop");
        ClusterChange.SetAside report = report(snapshot, ClusterKind.SERVICE, "bad");
        assertEquals("spec.ports[0].port: 70000 is not a port (1..65535)", report.reason());
        assertEquals("a.yaml:15", report.where());
        assertEquals(new ManifestSource.Status(1, 1, 0, true), source.status());

        // One that was good keeps its last good record.
        write("a.yaml", Manifests.service("web", "172.30.0.41", 0) + "---\n" + SHOP);
        snapshot = probe.await(
                "web set aside", s -> s.setAside().keySet().toString().contains("web"));
        assertEquals(2, snapshot.services().size());
        assertEquals(1, snapshot.setAside().size());
        write("a.yaml", SHOP);
        assertTrue(probe.awaitServices("shop").setAside().isEmpty());
    }

    @Test
    void whatCannotBeNamedIsReportedByItsPlace() {
        write("a.yaml", """
                apiVersion: v1
                kind: Service
                metadata: {namespace: default}
                ---
                just a text
                ---
                spec: {}
                ---
                apiVersion: v1
                kind: List
                items: [5, {kind: Service, apiVersion: v1, metadata: {name: BAD}}]
                ---
                """ + WEB);
        source.start();
        ClusterSnapshot snapshot = probe.awaitServices("web");
        assertEquals(
                "metadata.name: is missing",
                report(snapshot, ClusterKind.MANIFEST, "a.yaml:3").reason());
        assertEquals(
                "object: expected a mapping, found the string 'just a text'",
                report(snapshot, ClusterKind.MANIFEST, "a.yaml:5").reason());
        assertEquals(
                "kind: is missing",
                report(snapshot, ClusterKind.MANIFEST, "a.yaml:7").reason());
        assertEquals(4, snapshot.setAside().size(), snapshot.setAside().toString());
    }

    @Test
    void theFirstPathWinsAndTheOtherIsReported() throws IOException {
        write("b.yaml", Manifests.service("web", "172.30.0.41", 82));
        write("a.yaml", Manifests.service("web", "172.30.0.41", 81));
        source.start();
        ClusterSnapshot snapshot = probe.awaitPort("web", 81);
        ClusterChange.SetAside report = report(snapshot, ClusterKind.SERVICE, "web");
        assertEquals("b.yaml:1", report.where());
        assertEquals("is also in a.yaml:1, which comes first and counts", report.reason());
        Files.delete(folder.resolve("a.yaml"));
        probe.awaitPort("web", 82);
        assertTrue(probe.awaitSetAside(0).setAside().isEmpty());
        assertFalse(probe.said().stream().anyMatch(ClusterChange.Delete.class::isInstance), "web was deleted");
        write("c.yaml", WEB + "---\n" + WEB);
        probe.awaitSetAside(1);
        probe.awaitPort("web", 82);
    }

    @Test
    void theSameObjectTwiceInAFileIsReported() {
        write("a.yaml", WEB + "---\n" + Manifests.service("web", "172.30.0.41", 81));
        source.start();
        ClusterSnapshot snapshot = probe.awaitPort("web", 80);
        assertEquals(
                "object: is in this file twice; the first one counts",
                report(snapshot, ClusterKind.SERVICE, "web").reason());
    }

    @Test
    void anAliasBombIsRefused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a%d: &a%d [".formatted(i, i))
                    .append("*a%d, ".formatted(i - 1).repeat(10))
                    .append("]\n");
        }
        assertBroken(bomb.toString(), "the document holds more than 1000000 values");
    }

    @Test
    void deepNestingIsRefused() {
        assertBroken("[".repeat(100_000), "the document is nested deeper than 200 levels");
        assertBroken("{\"a\":".repeat(100_000), "the document is nested deeper than 200 levels");
    }

    @Test
    void hugeFilesAndTextsAreRefused() {
        assertBroken("a: " + "x".repeat(17 << 20), "the file is larger than 16 MiB");
        assertBroken("a: [" + "1,".repeat(1_100_000) + "]", "the document holds more than 1000000 values");
        String text = "x".repeat(1 << 20);
        ClusterSnapshot snapshot = firstSnapshot("huge.yaml", """
                apiVersion: v1
                kind: Service
                metadata: {name: web, annotations: {a: %s}}
                spec: {clusterIP: 172.30.0.41}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: bad, labels: {a: b}}
                spec: {clusterIP: %s}
                """.formatted(text, text));
        assertEquals(1, snapshot.services().size());
        assertEquals(
                "spec.clusterIP: has 1048576 characters; the limit is 256",
                report(snapshot, ClusterKind.SERVICE, "bad").reason());
    }

    @Test
    void whatIsNotTextIsRefused() throws IOException {
        Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1, 2, (byte) 0xc3});
        write("nul.yaml", "a: \0");
        ClusterSnapshot snapshot = firstSnapshot("good.yaml", WEB);
        assertEquals(
                "the file is not UTF-8",
                report(snapshot, ClusterKind.MANIFEST, "binary.yaml").reason());
        assertEquals(2, snapshot.setAside().size());
        assertEquals(1, snapshot.services().size());
    }

    @Test
    void strangeFilesAreLeftOut() throws IOException, InterruptedException {
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", folder.resolve("pipe.yaml").toString())
                        .start()
                        .waitFor());
        Files.createDirectory(folder.resolve("folder.yaml"));
        Files.createSymbolicLink(folder.resolve("dangling.yaml"), Path.of("nowhere"));
        Files.createSymbolicLink(folder.resolve("loop"), folder);
        Files.createSymbolicLink(folder.resolve("zero.yaml"), Path.of("/dev/zero"));
        ClusterSnapshot snapshot = firstSnapshot("good.yaml", WEB);
        assertEquals(1, snapshot.services().size());
        assertTrue(snapshot.setAside().isEmpty(), snapshot.setAside().toString());
    }

    private void assertBroken(String text, String reason) {
        ClusterSnapshot snapshot = firstSnapshot("bomb.yaml", text);
        ClusterChange.SetAside report = report(snapshot, ClusterKind.MANIFEST, "bomb.yaml");
        assertTrue(report.reason().startsWith(reason), report.reason());
    }

    /** What a source of its own says at first about the folder with this file in it. */
    private ClusterSnapshot firstSnapshot(String file, String text) {
        write(file, text);
        try (ClusterProbe own = new ClusterProbe();
                ManifestSource fresh = new ManifestSource(folder, SourceScope.ofNode(""), own.sink())) {
            fresh.start();
            return own.await("the first snapshot", _ -> true);
        }
    }
}
