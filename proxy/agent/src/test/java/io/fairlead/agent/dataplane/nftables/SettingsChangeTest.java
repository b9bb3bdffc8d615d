package io.fairlead.agent.dataplane.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.Plans;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.nft.NftOperation;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Changed settings rewrite only what depends on them.
 *
 * <p>Confined to the test thread.
 */
class SettingsChangeTest {

    private static final String POD = "10.180.255.77";
    private static final String OUTSIDE = "203.0.113.7";

    private final PlaneRig rig = new PlaneRig();
    private final Service web =
            Plans.service("web", "172.30.0.41").nodePort(30080).externalLocal().build();
    private final Service sticky =
            Plans.service("sticky", "172.30.0.42").nodePort(30042).affinity(600).build();

    private void services() {
        rig.set(web, "10.180.0.1@node-1", "10.180.0.2@node-2");
        rig.set(sticky, "10.180.0.3@node-1", "10.180.0.4@node-2");
    }

    private static NodeSettings settings(List<String> addresses, int mark, List<String> serviceCidrs) {
        return new NodeSettings(
                addresses.stream().map(IpAddress::parse).toList(),
                Plans.SETTINGS.localPods(),
                mark,
                serviceCidrs.stream().map(IpPrefix::parse).toList());
    }

    private static final List<String> ADDRESSES = List.of("127.0.0.1", "192.168.0.1", "fd00:c0a8::1");
    private static final List<String> CIDRS = List.of("172.30.0.0/16", "fd00:172:30::/112");

    /** Chains whose rules were written by the last change. */
    private Set<String> rewritten(IpFamily family) {
        Set<String> chains = new TreeSet<>();
        rig.nft.applied().stream()
                .filter(transaction -> transaction.table().equals(new Layout(family).table))
                .flatMap(transaction -> transaction.operations().stream())
                .forEach(operation -> {
                    if (operation instanceof NftOperation.ReplaceRules replace) {
                        // Chains for small numbers of backends come together.
                        chains.add(replace.chain().replaceFirst("-[0-9]+$", "-N"));
                    }
                });
        return chains;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 31})
    void otherMarkRewritesOnlyWhatMarks(int bit) {
        services();
        rig.settings(settings(ADDRESSES, 1 << bit, CIDRS));
        assertEquals(0, rig.nft.elements());
        assertEquals(
                Set.of(
                        "affinity-SUM-default/sticky/http/tcp/masquerade",
                        "affinity-SUM-default/sticky/http/tcp/masquerade-unless-pod",
                        "masquerade-unless-pod-N",
                        "nat-postrouting",
                        "node-port-preserve-source"),
                new TreeSet<>(rewritten(IpFamily.IPV4).stream()
                        .map(chain -> chain.replaceFirst("affinity-[0-9a-f]{8}", "affinity-SUM"))
                        .toList()));
        assertEquals(Set.of("nat-postrouting"), rewritten(IpFamily.IPV6));
        assertEquals("10.180.0.1* 10.180.0.2*", rig.outcomes("203.0.113.7", "172.30.0.41", 80));
    }

    @Test
    void otherServiceCidrRewritesTheGuard() {
        services();
        assertEquals("drop", rig.outcomes(POD, "172.30.9.9", 80));
        rig.settings(settings(ADDRESSES, 0x4000, List.of("172.31.0.0/16", "fd00:172:30::/112")));
        assertEquals(0, rig.nft.elements());
        assertEquals(Set.of("guard"), rewritten(IpFamily.IPV4));
        assertEquals(Set.of(), rewritten(IpFamily.IPV6));
        assertEquals("pass", rig.outcomes(POD, "172.30.9.9", 80));
        assertEquals("drop", rig.outcomes(POD, "172.31.9.9", 80));
    }

    @Test
    void otherNodeAddressesAreElements() {
        services();
        assertEquals("10.180.0.1", rig.outcomes(OUTSIDE, "192.168.0.1", 30080));
        rig.settings(settings(List.of("127.0.0.1", "192.168.0.9", "fd00:c0a8::1"), 0x4000, CIDRS));
        assertEquals(2, rig.nft.elements());
        assertEquals(Set.of(), rewritten(IpFamily.IPV4));
        assertEquals("pass", rig.outcomes(OUTSIDE, "192.168.0.1", 30080));
        assertEquals("10.180.0.1", rig.outcomes(OUTSIDE, "192.168.0.9", 30080));
    }

    @Test
    void sameSettingsAreNoMessage() {
        services();
        assertEquals(0, rig.settings(settings(ADDRESSES, 0x4000, CIDRS)).transactions());
    }

    @Test
    void settingsAreTakenOverByTheNextAgent() {
        services();
        rig.settings(settings(List.of("192.168.0.1"), 1, List.of()));
        String before = rig.tables();
        rig.stop();
        assertEquals(0, rig.start().elements());
        assertEquals(before, rig.tables());
    }

    private static NodeSettings withLoopback(boolean loopback) {
        return settings(loopback ? ADDRESSES : List.of("192.168.0.1"), 0x4000, CIDRS);
    }

    @Test
    void loopbackIsRoutedOnlyWhileTheGuardStands() {
        rig.settings(withLoopback(false));
        assertEquals(List.of(), rig.loopback);
        rig.settings(withLoopback(true));
        rig.settings(withLoopback(true));
        rig.settings(withLoopback(false));
        assertEquals(List.of("true guarded", "false guarded"), rig.loopback);
        assertFalse(rig.table(IpFamily.IPV4).contains("loopback-guard"));
    }

    @Test
    void permissionOfAnEarlierRunIsTakenBackBeforeItsGuardGoes() {
        rig.settings(withLoopback(true));
        rig.stop();
        rig.loopback.clear();
        rig.settings = withLoopback(false);
        rig.start();
        assertEquals(List.of("false guarded"), rig.loopback);
    }

    @Test
    void refusedFrontendDoesNotKeepLoopbackFromBeingServed() {
        FrontendKey key = new FrontendKey(IpAddress.parse("172.30.0.41"), 80, Protocol.TCP);
        byte[] frontend = new Keys(IpFamily.IPV4).frontend(key);
        rig.nft.refuse(operation -> WatchedNft.addsKey(operation, "services", frontend));
        assertTrue(rig.apply(PlaneRig.plan(web, "10.180.0.1@node-1")).dirty());
        assertEquals(List.of("true guarded"), rig.loopback);
    }

    @Test
    void sourceSetsComeAndGoWithTheirRules() {
        Service ranged = ranged("203.0.113.0/24", "198.51.100.0/25", "192.0.2.1/32");
        rig.set(ranged, "10.180.0.1@node-2");
        assertTrue(rig.table(IpFamily.IPV4).contains("set sources-25"), rig.table(IpFamily.IPV4));
        assertEquals("10.180.0.1*", rig.outcomes("198.51.100.127", "5.6.7.8", 80));
        assertEquals("drop", rig.outcomes("198.51.100.128", "5.6.7.8", 80));
        assertEquals("10.180.0.1*", rig.outcomes("192.0.2.1", "5.6.7.8", 80));
        assertEquals("drop", rig.outcomes("192.0.2.2", "5.6.7.8", 80));
        rig.set(ranged("203.0.113.0/24", "0.0.0.0/0"), "10.180.0.1@node-2");
        String table = rig.table(IpFamily.IPV4);
        assertFalse(table.contains("sources-25"), table);
        assertEquals("10.180.0.1*", rig.outcomes("198.51.100.128", "5.6.7.8", 80));
        rig.set(Plans.service("ranged", "172.30.0.43").loadBalancer("5.6.7.8").build(), "10.180.0.1@node-2");
        assertFalse(rig.table(IpFamily.IPV4).contains("sources-"), rig.table(IpFamily.IPV4));
        rig.set(ranged("203.0.113.0/24"), "10.180.0.1@node-2");
        assertEquals("drop", rig.outcomes("198.51.100.128", "5.6.7.8", 80));
        assertEquals("10.180.0.1*", rig.outcomes("203.0.113.128", "5.6.7.8", 80));
    }

    private static Service ranged(String... ranges) {
        Plans.ServiceBuilder builder = Plans.service("ranged", "172.30.0.43").loadBalancer("5.6.7.8");
        for (String range : ranges) {
            builder.sourceRange(range);
        }
        return builder.build();
    }
}
