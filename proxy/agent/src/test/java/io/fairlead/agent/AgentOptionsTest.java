package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.ipvs.IpvsOptions;
import io.fairlead.agent.mode.ModeOptions;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.AgentPolicy.PodDetection;
import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Invocation;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The command line of {@code fairlead proxy}.
 *
 * <p>Confined to the test thread.
 */
class AgentOptionsTest {

    @TempDir
    private Path manifests = Path.of("set by JUnit");

    private static Invocation parse(String... options) {
        List<String> words = new ArrayList<>(List.of("proxy"));
        words.addAll(List.of(options));
        return new CommandLine("fairlead", "a test", List.of(AgentOptions.command())).parse(words);
    }

    private static Arguments arguments(String... options) {
        return assertInstanceOf(Invocation.Run.class, parse(options)).arguments();
    }

    private static List<String> mistakes(String... options) {
        return assertInstanceOf(Invocation.Invalid.class, parse(options)).mistakes();
    }

    @Test
    void defaultsAreThoseOfKubeProxyWhereItHasThem() {
        Arguments arguments = arguments("--node-name", "  Node-1 ");
        assertEquals(
                new AgentPolicy(
                        "node-1", new PodDetection.ClusterCidr(List.of()), false, 14, true, NodePortAddresses.DEFAULT),
                AgentOptions.policy(arguments));
        assertEquals(Duration.ofMillis(10), arguments.value(AgentOptions.MIN_SYNC));
        assertEquals(Duration.ofHours(1), arguments.value(AgentOptions.MAX_SYNC));
        assertEquals(
                "Optional[/0.0.0.0:10256]", arguments.value(AgentOptions.HEALTH).toString());
        assertEquals(
                "Optional[/127.0.0.1:10249]",
                arguments.value(AgentOptions.METRICS).toString());
        assertEquals(Path.of("/run/fairlead"), arguments.value(AgentOptions.RUN_DIR));
    }

    @Test
    void hostNameIsTheNodesName() {
        String name = AgentOptions.policy(arguments()).nodeName();
        assertFalse(name.isBlank());
        assertEquals(name.strip().toLowerCase(Locale.ROOT), name);
    }

    @Test
    void everythingCanBeChosen() {
        AgentPolicy policy = AgentOptions.policy(arguments(
                "--hostname-override=n",
                "--proxy-mode=nftables",
                "--cluster-cidr=10.0.0.0/8,fd00::/32",
                "--masquerade-all",
                "--iptables-masquerade-bit=31",
                "--external-ips=false",
                "--nodeport-addresses=primary,10.0.0.0/8",
                "--nodeport-addresses=localhost"));
        assertEquals(
                new AgentPolicy(
                        "n",
                        new PodDetection.ClusterCidr(
                                List.of(IpPrefix.parse("10.0.0.0/8"), IpPrefix.parse("fd00::/32"))),
                        true,
                        31,
                        false,
                        new NodePortAddresses(true, true, List.of(IpPrefix.parse("10.0.0.0/8")))),
                policy);
    }

    @Test
    void ipvsIsAsKubeProxyHasIt() {
        assertEquals(ModeOptions.DEFAULT, AgentOptions.modeOptions(arguments("--manifests=/")));
        ModeOptions options = AgentOptions.modeOptions(arguments(
                "--manifests=/",
                "--ipvs-scheduler=mh,mh-port",
                "--ipvs-exclude-cidrs=10.9.0.0/16",
                "--ipvs-strict-arp",
                "--ipvs-udp-timeout=5m"));
        assertEquals(
                new ModeOptions(
                        true,
                        new IpvsOptions("mh", VirtualServer.SCHEDULER_2, List.of(IpPrefix.parse("10.9.0.0/16"))),
                        true,
                        new IpvsTimeouts(0, 0, 300)),
                options);
        for (String none : List.of("fastest", "rr,rr-port", "mh,sh-port")) {
            assertTrue(mistakes("--manifests=/", "--ipvs-scheduler=" + none)
                    .toString()
                    .contains("a scheduler of IPVS"));
        }
    }

    @Test
    void podsAreDetectedInFourWays() {
        assertEquals(
                new PodDetection.NodeCidr(),
                AgentOptions.policy(arguments("--detect-local-mode=NodeCIDR")).podDetection());
        assertEquals(
                new PodDetection.BridgeInterface("cni0"),
                AgentOptions.policy(arguments("--detect-local-mode=BridgeInterface", "--pod-bridge-interface=cni0"))
                        .podDetection());
        assertEquals(
                new PodDetection.InterfaceNamePrefix("veth"),
                AgentOptions.policy(arguments(
                                "--detect-local-mode=InterfaceNamePrefix", "--pod-interface-name-prefix=veth"))
                        .podDetection());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''               | none",
                "0.0.0.0:80       | /0.0.0.0:80",
                "[::1]:10256      | /[0:0:0:0:0:0:0:1]:10256",
                "127.0.0.1:0      | /127.0.0.1:0"
            })
    void addressesToListenOn(String text, String address) {
        assertEquals(
                address,
                arguments("--healthz-bind-address=" + text)
                        .value(AgentOptions.HEALTH)
                        .map(InetSocketAddress::toString)
                        .orElse("none"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--healthz-bind-address=localhost:80  | --healthz-bind-address: 'localhost:80' is not accepted",
                "--metrics-bind-address=10249         | --metrics-bind-address: '10249' is not accepted",
                "--metrics-bind-address=1.2.3.4:70000 | --metrics-bind-address: '1.2.3.4:70000' is not accepted",
                "--metrics-bind-address=1.2.3.4:      | --metrics-bind-address: '1.2.3.4:' is not accepted",
                "--mode=magic                         | --mode: 'magic' is not accepted",
                "--detect-local-mode=Guess            | --detect-local-mode: 'Guess' is not accepted",
                "--detect-local-mode=BridgeInterface  | --pod-bridge-interface: this --detect-local-mode needs a name",
                "--cluster-cidr=10.0.0.0/8,11.0.0.0/8 | --cluster-cidr: at most one CIDR per family",
                "--cluster-cidr=10.0.0.0/33           | --cluster-cidr: '10.0.0.0/33' is not accepted",
                "--masquerade-bit=32                  | --masquerade-bit: '32' is not accepted",
                "--nodeport-addresses=eth0            | --nodeport-addresses: 'eth0' is not accepted",
                "--min-sync-period=2h                 | --min-sync-period: '2h' is not accepted",
                "--sync-period=10ms                   | --sync-period: '10ms' is not accepted",
                "--node-name=                         | --node-name: '' is not accepted",
                "--manifests=/nowhere/at/all          | --manifests: /nowhere/at/all is not a directory",
                "--no-such-option                     | unknown option"
            })
    void refuses(String option, String mistake) {
        List<String> mistakes = mistakes(option);
        assertEquals(1, mistakes.size(), mistakes.toString());
        assertTrue(mistakes.getFirst().startsWith(mistake), mistakes.getFirst());
    }

    @Test
    void interfaceNamesFitTheKernel() {
        String tooLong = "--pod-interface-name-prefix=" + "v".repeat(16);
        assertEquals(
                List.of("--pod-interface-name-prefix: this --detect-local-mode needs a name of 1 to 15 characters"),
                mistakes("--detect-local-mode=InterfaceNamePrefix", tooLong));
    }

    @Test
    void optionsThatContradictEachOtherAreRefused() {
        assertEquals(
                List.of("--manifests and --kubeconfig: give one of the two"),
                mistakes("--manifests=" + manifests, "--kubeconfig=/etc/k"));
        assertEquals(
                List.of("--min-sync-period is longer than --sync-period"),
                mistakes("--min-sync-period=2m", "--sync-period=1m"));
    }

    @Test
    void allMistakesAreToldAtOnce() {
        List<String> mistakes = mistakes(
                "--masquerade-bit=-1",
                "--cluster-cidr=10.0.0.0/8,11.0.0.0/8",
                "--min-sync-period=2m",
                "--sync-period=1m",
                "--nodeport-addresses=eth0",
                "stray");
        assertEquals(5, mistakes.size(), mistakes.toString());
    }
}
