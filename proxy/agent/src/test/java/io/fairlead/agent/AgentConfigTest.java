package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.config.ConfigText;
import io.fairlead.agent.config.FlagMerge;
import io.fairlead.agent.config.NodeFlags;
import io.fairlead.agent.config.ProxyMode;
import io.fairlead.agent.config.RoutingFlags;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.AgentPolicy.PodDetection;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.runtime.logging.LogSettings;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Invocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * kube-proxy's file and flags together.
 *
 * <p>Confined to the test thread.
 */
class AgentConfigTest {

    private static final String HEAD = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private static Invocation parse(List<String> options) {
        List<String> words = new ArrayList<>(List.of("proxy"));
        words.addAll(options);
        return new CommandLine("fairlead", "a test", List.of(AgentOptions.command())).parse(words);
    }

    private static Arguments flags(String... options) {
        return assertInstanceOf(Invocation.Run.class, parse(List.of(options))).arguments();
    }

    private Arguments file(String body, String... options) throws IOException {
        return assertInstanceOf(Invocation.Run.class, parse(withFile(body, options)))
                .arguments();
    }

    private List<String> mistakes(String body, String... options) throws IOException {
        List<String> mistakes = assertInstanceOf(Invocation.Invalid.class, parse(withFile(body, options)))
                .mistakes();
        return mistakes.stream()
                .map(mistake -> mistake.replace(folder.toString(), "DIR"))
                .toList();
    }

    private List<String> withFile(String body, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("config.conf"), HEAD + body);
        List<String> words = new ArrayList<>(List.of(options));
        words.add("--config=" + file);
        return words;
    }

    @Test
    void fileDecidesAndAbsentFieldsAreDefaultsWhateverTheFlagsSay() throws IOException {
        Arguments merged = file(
                """
                clusterCIDR: 10.1.0.0/16,fd00::/48
                mode: nftables
                nftables: {masqueradeAll: true, masqueradeBit: 3}
                iptables: {masqueradeBit: 5}
                nodePortAddresses: [primary]
                hostnameOverride: File
                """,
                "--cluster-cidr=10.2.0.0/16",
                "--detect-local-mode=NodeCIDR",
                "--metrics-bind-address=",
                "--external-ips=false");
        assertEquals(
                new AgentPolicy(
                        "file",
                        new PodDetection.ClusterCidr(
                                List.of(IpPrefix.parse("10.1.0.0/16"), IpPrefix.parse("fd00::/48"))),
                        true,
                        3,
                        false,
                        new NodePortAddresses(true, false, List.of())),
                AgentOptions.policy(merged));
        assertEquals(ProxyMode.NFTABLES, merged.value(AgentOptions.MODE));
        assertTrue(merged.value(AgentOptions.METRICS).isPresent());
        assertEquals(
                List.of("--config decides; without effect beside it: --cluster-cidr, --detect-local-mode,"
                        + " --metrics-bind-address"),
                merged.value(FlagMerge.NOTES));
    }

    @Test
    void nameOfTheNodeAndLogAreTheFlagsIfGiven() throws IOException {
        String body = "hostnameOverride: file\nmode: nftables\nlogging: {verbosity: 4, format: json}\n";
        Arguments both = file(body, "--hostname-override=Flag", "--v=1", "--logging-format=text");
        assertEquals("flag", AgentOptions.policy(both).nodeName());
        assertEquals(LogSettings.Verbosity.INFO, both.value(AgentOptions.LOG_LEVEL));
        assertEquals(LogSettings.Format.PLAIN, both.value(AgentOptions.LOG_FORMAT));
        Arguments alone = file(body);
        assertEquals("file", AgentOptions.policy(alone).nodeName());
        assertEquals(LogSettings.Verbosity.DEBUG, alone.value(AgentOptions.LOG_LEVEL));
        assertEquals(LogSettings.Format.JSON, alone.value(AgentOptions.LOG_FORMAT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''             | PT1S", "mode: iptables | PT1S", "mode: nftables | PT2S", "mode: ipvs     | PT3S"
            })
    void periodComesFromTheSectionOfTheMode(String mode, Duration period) throws IOException {
        Arguments merged = file(mode + "\niptables: {minSyncPeriod: 1s}\nnftables: {minSyncPeriod: 2s}\n"
                + "ipvs: {minSyncPeriod: 3s}\n");
        assertEquals(period, merged.value(AgentOptions.MIN_SYNC));
        assertTrue(
                merged.value(FlagMerge.NOTES).stream()
                        .anyMatch(note -> note.contains("at least " + period.toSeconds())),
                merged.value(FlagMerge.NOTES)::toString);
    }

    @Test
    void periodComesFromTheFlagOfTheMode() {
        String[] periods = {"--iptables-min-sync-period=1s", "--ipvs-min-sync-period=2s"};
        assertEquals(Duration.ofSeconds(1), flags(periods).value(AgentOptions.MIN_SYNC));
        assertEquals(
                Duration.ofSeconds(2),
                flags(periods[0], periods[1], "--proxy-mode=ipvs").value(AgentOptions.MIN_SYNC));
        assertEquals(
                Duration.ofMillis(5), flags(periods[0], "--min-sync-period=5ms").value(AgentOptions.MIN_SYNC));
        assertEquals(Duration.ofMillis(10), flags().value(AgentOptions.MIN_SYNC));
    }

    @Test
    void modeIsTheFilesUnlessOursIsGiven() throws IOException {
        String body = "mode: iptables\niptables: {masqueradeBit: 5}\nnftables: {masqueradeBit: 3}\n";
        Arguments kubeProxys = file(body, "--proxy-mode=nftables");
        assertEquals(ProxyMode.IPTABLES, kubeProxys.value(AgentOptions.MODE));
        assertEquals(
                List.of("--config decides; without effect beside it: --proxy-mode"), kubeProxys.value(FlagMerge.NOTES));
        Arguments ours = file(body, "--mode=nftables");
        assertEquals(ProxyMode.NFTABLES, ours.value(AgentOptions.MODE));
        // Other programs of the node know the mark that the file says.
        assertEquals(5, AgentOptions.policy(ours).masqueradeBit());
        assertTrue(ours.value(FlagMerge.NOTES).getFirst().startsWith("nodePortAddresses is not set"));
        assertEquals(ProxyMode.AUTO, file(body, "--mode=auto").value(AgentOptions.MODE));
        assertEquals(
                ProxyMode.IPTABLES,
                flags("--proxy-mode=nftables", "--mode=iptables").value(AgentOptions.MODE));
    }

    @Test
    void modeMayBeEmpty() {
        assertEquals(ProxyMode.AUTO, flags("--proxy-mode=").value(AgentOptions.MODE));
    }

    @Test
    void zeroAsPortServesNothing() {
        Arguments none = flags("--healthz-port=0", "--metrics-port=0");
        assertTrue(none.value(AgentOptions.HEALTH).isEmpty());
        assertTrue(none.value(AgentOptions.METRICS).isEmpty());
        assertEquals(
                "/0.0.0.0:10256",
                flags("--healthz-port=99")
                        .value(AgentOptions.HEALTH)
                        .orElseThrow()
                        .toString());
        assertEquals(
                "/[0:0:0:0:0:0:0:1]:10256",
                flags("--healthz-bind-address=::1")
                        .value(AgentOptions.HEALTH)
                        .orElseThrow()
                        .toString());
    }

    @Test
    void pagesFollowTheFamilyOfTheFilesAddress() throws IOException {
        Arguments merged = file("bindAddress: 'fd00::7'\n");
        assertEquals(
                List.of(IpAddress.parse("fd00::7")), AgentOptions.policy(merged).nodeAddresses());
        assertEquals(
                "/[0:0:0:0:0:0:0:0]:10256",
                merged.value(AgentOptions.HEALTH).orElseThrow().toString());
        assertEquals(
                "/[0:0:0:0:0:0:0:1]:10249",
                merged.value(AgentOptions.METRICS).orElseThrow().toString());
    }

    @Test
    void loopbackCanBeBarred() {
        assertEquals(
                NodePortAddresses.DEFAULT.withoutLoopback(),
                AgentOptions.policy(flags("--iptables-localhost-nodeports=false"))
                        .nodePortAddresses());
        assertEquals(
                new NodePortAddresses(false, true, List.of()).withoutLoopback(),
                AgentOptions.policy(flags("--iptables-localhost-nodeports=false", "--nodeport-addresses=localhost"))
                        .nodePortAddresses());
    }

    @Test
    void whatHasNoEffectIsSaidOnceAndOnlyIfItIsNoDefault() throws IOException {
        assertEquals(
                List.of(
                        "accepted, without effect here (docs/operate/kube-proxy.md): --feature-gates, --ipvs-sync-period,"
                                + " --profiling"),
                flags("--profiling", "--ipvs-sync-period=31s", "--feature-gates=A=true,B=false", "--kube-api-burst=10")
                        .value(FlagMerge.NOTES));
        assertEquals(
                List.of(
                        "accepted, without effect here (docs/operate/kube-proxy.md): --machine-id-file, ipvs.syncPeriod,"
                                + " portRange"),
                file("""
                                mode: nftables
                                portRange: 1-2
                                ipvs: {syncPeriod: 31s, strictARP: false}
                                winkernel: {enableDSR: false}
                                configSyncPeriod: 15m0s
                                """, "--machine-id-file=/m").value(FlagMerge.NOTES));
    }

    @Test
    void unsetNodePortAddressesAreSaidWhereKubeProxyServedAll() throws IOException {
        assertTrue(file("mode: ''\n").value(FlagMerge.NOTES).getFirst().startsWith("nodePortAddresses is not set"));
        assertEquals(List.of(), file("mode: nftables\n").value(FlagMerge.NOTES));
        assertEquals(List.of(), flags("--proxy-mode=iptables").value(FlagMerge.NOTES));
    }

    @Test
    void mistakesOfFileAndFlagsAreToldAtOnce() throws IOException {
        assertEquals(
                List.of(
                        "unknown option '--no-such-flag'",
                        "--oom-score-adj: '2000' is not accepted; expected a number from -1000 to 1000",
                        "--config DIR/config.conf: line 3: modus: unknown field",
                        "--config DIR/config.conf: line 4: conntrack.min: x"),
                mistakes("modus: 1\nconntrack: {min: x}\n", "--oom-score-adj=2000", "--no-such-flag").stream()
                        .map(mistake -> mistake.replaceFirst("conntrack.min: .*", "conntrack.min: x"))
                        .map(mistake -> mistake.replaceFirst(", did you mean.*", ""))
                        .toList());
    }

    @Test
    void rulesOverSeveralFieldsHoldForTheFile() throws IOException {
        assertEquals(
                List.of(
                        "--config DIR/config.conf: iptables: the least period of syncs, 40s, is longer than their period, 30s",
                        "--pod-bridge-interface: this --detect-local-mode needs a name of 1 to 15 characters",
                        "--cluster-cidr: at most one CIDR per family"),
                mistakes("""
                        detectLocalMode: BridgeInterface
                        clusterCIDR: 10.0.0.0/8,11.0.0.0/8
                        iptables: {minSyncPeriod: 40s}
                        """));
    }

    @Test
    void missingFileIsAMistake() {
        List<String> mistakes = assertInstanceOf(
                        Invocation.Invalid.class, parse(List.of("--config=" + folder.resolve("none"))))
                .mistakes();
        assertEquals(1, mistakes.size());
        assertTrue(mistakes.getFirst().contains("cannot be read"), mistakes.getFirst());
    }

    @Test
    void kubeconfigOfTheFileAndManifestsDoNotContradict() throws IOException {
        Arguments merged = file("clientConnection: {kubeconfig: /k}\n", "--manifests=" + folder);
        assertEquals(folder, merged.value(AgentOptions.MANIFESTS));
    }

    @Test
    void whatIsWrittenReadsBackAsTheSame() throws IOException {
        String body = """
                mode: nftables
                hostnameOverride: "a\\"b"
                bindAddress: 10.0.0.7
                healthzBindAddress: "[::1]:1"
                clusterCIDR: 10.1.0.0/16,fd00::/48
                nodePortAddresses: [primary, 10.0.0.0/8]
                featureGates: {A: true, B: false}
                nftables: {masqueradeBit: 3, masqueradeAll: true, minSyncPeriod: 1500ms}
                conntrack: {maxPerCore: 0, tcpEstablishedTimeout: 2h, udpTimeout: 30s, tcpBeLiberal: true}
                oomScoreAdj: -5
                detectLocal: {interfaceNamePrefix: veth}
                clientConnection: {qps: 2.5, kubeconfig: /k}
                """;
        Arguments first = file(body);
        String written = ConfigText.of(first);
        Arguments second = file(written.substring(HEAD.length()));
        assertEquals(written, ConfigText.of(second));
        assertEquals(AgentOptions.policy(first), AgentOptions.policy(second));
        assertEquals(first.value(AgentOptions.HEALTH), second.value(AgentOptions.HEALTH));
        assertEquals(Duration.ofMillis(1500), second.value(AgentOptions.MIN_SYNC));
        assertEquals(0, second.value(NodeFlags.CONNTRACK_PER_CORE));
        assertEquals("a\"b", second.value(RoutingFlags.NODE_NAME));
    }

    @Test
    void defaultsAreWrittenWithoutAFile() {
        String written = ConfigText.of(flags());
        assertTrue(written.startsWith(HEAD), written);
        for (String line : List.of(
                "  minSyncPeriod: 10ms",
                "  syncPeriod: 30s",
                "healthzBindAddress: \"0.0.0.0:10256\"",
                "  tcpEstablishedTimeout: 24h0m0s",
                "mode: \"\"",
                "nodePortAddresses: []",
                "      infoBufferSize: \"0\"",
                "oomScoreAdj: -999")) {
            assertTrue(written.contains("\n" + line + "\n"), line + "\n" + written);
        }
    }
}
