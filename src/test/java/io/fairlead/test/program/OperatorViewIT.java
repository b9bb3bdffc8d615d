package io.fairlead.test.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an operator sees of a running agent, and without one.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class OperatorViewIT {

    private static final Duration NOTICED_MAX = Duration.ofSeconds(20);
    private static final String SECRET = "hunter2-is-not-to-be-told";

    private final SampleNode node = new SampleNode();

    @TempDir
    Path folder;

    @AfterEach
    void remove() {
        node.close();
    }

    @Test
    void statusIsShortAndTheSameInEveryNotation() {
        node.startAgent();
        Program.Ended text = node.ask("status");
        assertEquals(0, text.exitCode(), text::toString);
        assertTrue(text.out().matches("(?s)node +node-1, nftables\nstate +in-sync\n.*"), text::toString);
        assertTrue(text.out().contains("manifests, files: 1\n"), text::toString);
        assertTrue(text.out().lines().count() <= 10, text::toString);
        assertTrue(node.ask("status", "-o", "json").out().contains("\"state\": \"in-sync\""));
        assertTrue(node.ask("status", "-o", "yaml").out().contains("\nstate: in-sync\n"));
        assertTrue(node.ask("services", "-o", "yaml").out().startsWith("services:\n  - namespace: default\n"));
    }

    @Test
    void flowsHaveNames() {
        node.startAgent();
        node.expectRouted();
        Program.Ended flows = node.ask("flows", "default/web");
        assertEquals(0, flows.exitCode(), flows::toString);
        List<String> rows = flows.out().lines().skip(1).toList();
        assertEquals(2, rows.size(), flows::toString);
        for (String row : rows) {
            assertTrue(row.matches("default/web:http/tcp +10\\.180\\.0\\.101:\\d+ .*"), row);
            assertTrue(row.matches(".* 10\\.180\\.[01]\\.1:8080 +[a-z-]+ +\\d+ s .*"), row);
        }
        assertEquals(3, node.ask("flows", "10.180.0.101").out().lines().count());
        assertEquals(1, node.ask("flows", "10.180.0.77").out().lines().count());
        assertTrue(node.ask("flows", "--limit", "1").out().endsWith("and 1 more; --limit shows more of them\n"));
        assertTrue(node.ask("flows", "--limit=1", "-o", "json").out().contains("\"more\": 1\n"));
    }

    @Test
    void watchTellsWhatChangesAndEndsWithTheAgent() {
        Program agent = node.startAgent();
        List<String> line = new ArrayList<>(Fairlead.line("watch"));
        line.addAll(List.of("--run-dir", node.runDir()));
        List<String> json = new ArrayList<>(line);
        json.addAll(List.of("default/other", "-o", "json"));
        Program people = node.start(line);
        Program programs = node.start(json);
        people.awaitText("watching    node node-1", NOTICED_MAX);
        programs.awaitText("\"event\":\"watching\"", NOTICED_MAX);
        String sample = sample();
        node.write("web.yaml", sample.replace("10.180.1.1", "10.180.1.2"));
        people.awaitText("changed     default/web  +10.180.1.2:8080 -10.180.1.1:8080\n", NOTICED_MAX);
        node.write("other.yaml", """
                apiVersion: v1
                kind: Service
                metadata: {name: other, namespace: default}
                spec: {clusterIP: 172.30.0.99, ports: [{port: 80}]}
                """);
        people.awaitText("planned     default/other  +172.30.0.99:80/tcp\n", NOTICED_MAX);
        programs.awaitText("\"event\":\"planned\",\"service\":\"default/other\"", NOTICED_MAX);
        node.write("other.yaml", "nonsense: [");
        people.awaitText("set-aside   Manifest other.yaml: other.yaml:", NOTICED_MAX);
        agent.signal("TERM");
        Program.Ended end = people.awaitEnd(NOTICED_MAX);
        assertEquals(0, end.exitCode(), end::toString);
        Program.Ended other = programs.awaitEnd(NOTICED_MAX);
        assertEquals(0, other.exitCode(), other::toString);
        assertFalse(other.out().contains("default/web"), other::toString);
    }

    private static String sample() {
        try {
            return Files.readString(Fairlead.SAMPLE.resolve("web.yaml"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void bugReportHasWhatIsNeededAndNoSecret() throws IOException {
        node.write(
                "secretive.yaml",
                "{apiVersion: v1, kind: Service, metadata: {name: secretive, namespace: default, annotations: {token: "
                        + SECRET + "}}, spec: {clusterIP: 172.30.0.77, ports: [{port: 80}]}}");
        Program agent = node.startAgent();
        Map<String, String> report = report("with.zip");
        expect(report, "agent/status.txt", "in-sync");
        expect(report, "agent/services.txt", "default/secretive");
        expect(report, "agent/endpoints.txt", "10.180.1.1:8080");
        expect(report, "agent/flows.txt", "SERVICE");
        expect(report, "agent/metrics.txt", "fairlead_services 2.0");
        expect(report, "agent/configuration.yaml", "clusterCIDR: \"10.0.0.0/8\"");
        expect(report, "agent/log.txt", "ready: 2 Services");
        expect(report, "kernel/table-ip.txt", "172.30.0.41 . tcp . 80 . 0 : 10.180.0.1 . 8080");
        expect(report, "kernel/links.txt", "    192.168.0.1/32\n");
        expect(report, "kernel/sysctls.txt", "net/ipv4/ip_forward = 1\n");
        expectNoSecret(report);
        agent.signal("TERM");
        agent.awaitEnd(NOTICED_MAX);
    }

    /** Whose API server is not there, so that its log speaks of the URL. */
    @Test
    void bugReportOfAnAgentWithAKubeconfigHasNothingOfIt() throws IOException {
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: gone, cluster: {server: "http://joe:%1$s@127.0.0.1:1"}}]
                users: [{name: joe, user: {token: "%1$s"}}]
                contexts: [{name: gone, context: {cluster: gone, user: joe}}]
                current-context: gone
                """.formatted(SECRET));
        List<String> line = new ArrayList<>(Fairlead.line("proxy", "--node-name", "node-1"));
        line.addAll(List.of("--kubeconfig", kubeconfig.toString(), "--run-dir", node.runDir()));
        Program agent = node.start(line);
        agent.awaitText("127.0.0.1:1", NOTICED_MAX);
        agent.awaitText("node node-1: nftables", NOTICED_MAX);
        Map<String, String> report = report("api.zip");
        expect(report, "agent/status.txt", "starting");
        expect(report, "agent/log.txt", "127.0.0.1:1");
        expectNoSecret(report);
    }

    @Test
    void bugReportWithoutAnAgentSaysSoAndHasTheRest() throws IOException {
        Program agent = node.startAgent();
        agent.signal("TERM");
        agent.awaitEnd(NOTICED_MAX);
        Map<String, String> report = report("without.zip");
        expect(report, "agent/status.txt", "is not running here");
        expect(report, "kernel/table-ip.txt", "172.30.0.41");
        assertFalse(report.containsKey("agent/services.txt"), report::toString);
    }

    private Map<String, String> report(String name) throws IOException {
        Path file = folder.resolve(name);
        Program.Ended support = node.ask("support", "--to", file.toString());
        assertEquals(0, support.exitCode(), support::toString);
        assertTrue(support.out().startsWith("wrote " + file + " ("), support::toString);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(1, node.ask("support", "--to", file.toString()).exitCode(), "it was overwritten");
        Map<String, String> texts = new TreeMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                texts.put(
                        entry.getName(), new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return texts;
    }

    private static void expect(Map<String, String> report, String name, String text) {
        assertTrue(report.getOrDefault(name, "(missing)").contains(text), report::toString);
    }

    private static void expectNoSecret(Map<String, String> report) {
        report.forEach((name, text) -> assertFalse(text.contains(SECRET), () -> name + ":\n" + text));
    }

    @Test
    void explainsADumpWithoutPrivilegesOrAnAgent() throws IOException {
        Path dump = Files.writeString(folder.resolve("dump.yaml"), sample());
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> line = Fairlead.line(
                "explain", "203.0.113.7", "node:30080", "--manifests", dump.toString(), "--node-name", "node-1");
        Program.Ended end = Fairlead.end(Program.start(Fairlead.withoutPrivileges(line)));
        assertEquals(0, end.exitCode(), end::toString);
        assertTrue(end.out().contains("203.0.113.7 -> 192.168.0.1:30080/tcp\n"), end::toString);
        assertTrue(end.out().contains("=> forwarded to one of 2, masqueraded\n"), end::toString);
        assertEquals("", end.err(), end::toString);
    }

    @Test
    void bashCompletesOurWords() throws IOException {
        Program.Ended script = Fairlead.run("completion", "bash");
        assertEquals(0, script.exitCode(), script::toString);
        Path file = Files.writeString(folder.resolve("completion"), script.out());
        assertEquals("explain", complete(file, "fairlead exp"));
        assertEquals("json table yaml", complete(file, "fairlead status -o "));
        assertEquals("--limit", complete(file, "fairlead flows --l"));
        assertEquals("auto ebpf iptables ipvs nftables", complete(file, "fairlead proxy --mode "));
        assertEquals("bash zsh", complete(file, "fairlead completion "));
    }

    /** What bash offers behind a line. */
    private String complete(Path script, String typed) {
        Program.Ended bash = Fairlead.end(Program.start(List.of("bash", "-c", """
                . "$1"
                complete -p fairlead >/dev/null || exit 9
                read -ra COMP_WORDS <<<"$2"
                case $2 in *' ') COMP_WORDS+=('') ;; esac
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _fairlead
                printf '%s\\n' "${COMPREPLY[@]}" | LC_ALL=C sort
                """, "bash", script.toString(), typed)));
        assertEquals(0, bash.exitCode(), bash::toString);
        return String.join(" ", bash.out().lines().toList());
    }
}
