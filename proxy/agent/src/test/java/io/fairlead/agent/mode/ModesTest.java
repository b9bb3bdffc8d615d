package io.fairlead.agent.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.config.ProxyMode;
import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.agent.plan.Plans;
import io.fairlead.kernel.iptables.IptablesRule;
import io.fairlead.kernel.iptables.IptablesTools.Flavour;
import io.fairlead.kernel.iptables.IptablesTransaction;
import io.fairlead.kernel.iptables.LegacyTable;
import io.fairlead.kernel.iptables.LegacyTables;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import io.fairlead.kernel.netns.NetNs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** In network namespaces of their own. */
class ModesTest {

    private static final NodeSettings SETTINGS = Plans.SETTINGS;

    private final NetNs namespace = NetNs.anonymous();
    private final Modes modes = new Modes(ModeOptions.DEFAULT, permitted -> {});

    @AfterEach
    void close() {
        namespace.close();
    }

    private ServingMode open(ProxyMode asked) {
        return assertInstanceOf(ModeResult.Opened.class, namespace.run(() -> modes.open(asked)))
                .mode();
    }

    /** An agent of this mode has been here. */
    private void serve(ProxyMode mode) {
        ServingMode opened = open(mode);
        namespace.run(() -> {
            try (Dataplane dataplane = opened.dataplane()) {
                assertFalse(dataplane
                        .apply(new NodePlanDelta(List.of(), SETTINGS, SETTINGS))
                        .dirty());
            }
        });
    }

    private static void change(Flavour flavour, IptablesTransaction transaction) {
        Flavours.tools(flavour).getFirst().apply(transaction);
    }

    @Test
    void autoTakesNftables() {
        assertEquals("nftables", open(ProxyMode.AUTO).name());
    }

    /** Who asks for IPVS must not get something else without a word, as with kube-proxy. */
    @Test
    void ipvsNeedsAKernelThatHasIt() {
        if (NetlinkIpvs.openIfPresent().isEmpty()) {
            ModeResult.Missing missing =
                    assertInstanceOf(ModeResult.Missing.class, namespace.run(() -> modes.open(ProxyMode.IPVS)));
            assertTrue(missing.reason().contains("no IPVS"), missing::reason);
        } else {
            assertEquals("ipvs", open(ProxyMode.IPVS).name());
        }
    }

    /** Rules of the other flavour would not be seen by those that wrote these. */
    @Test
    void theFlavourIsThatOfTheMachine() {
        assertEquals(Flavour.NFT, namespace.run(Flavours::inUse));
        namespace.run(() ->
                change(Flavour.LEGACY, new IptablesTransaction().table("mangle").chain("KUBE-IPTABLES-HINT")));
        assertEquals(Flavour.LEGACY, namespace.run(Flavours::inUse));
        namespace.run(() ->
                change(Flavour.NFT, new IptablesTransaction().table("mangle").chain("KUBE-KUBELET-CANARY")));
        assertEquals(Flavour.NFT, namespace.run(Flavours::inUse));
    }

    @Test
    void rulesOfOthersWithoutKubeletSayItToo() {
        namespace.run(() ->
                change(Flavour.LEGACY, new IptablesTransaction().table("nat").chain("DOCKER")));
        assertEquals(Flavour.LEGACY, namespace.run(Flavours::inUse));
        assertEquals("flavour legacy", open(ProxyMode.IPTABLES).description());
    }

    @Test
    void whatOtherModesLeftGoes() {
        ServingMode nftables = open(ProxyMode.NFTABLES);
        ServingMode iptables = open(ProxyMode.IPTABLES);
        serve(ProxyMode.NFTABLES);
        serve(ProxyMode.IPTABLES);
        Modes.Cleared first = namespace.run(() -> Modes.removeOthers(iptables));
        assertEquals(new Modes.Cleared(List.of("nftables tables ip fairlead and ip6 fairlead"), List.of()), first);
        Modes.Cleared second = namespace.run(() -> Modes.removeOthers(nftables));
        assertEquals(new Modes.Cleared(List.of("chains FL-... of iptables-nft and ip6tables-nft"), List.of()), second);
        assertEquals(new Modes.Cleared(List.of(), List.of()), namespace.run(Modes::removeAll));
    }

    /** An agent that needs no iptables has no right to run its older tools; a network plugin may use them all the same. */
    @Test
    void chainsOfOthersAreNotTakenForOurs() {
        namespace.run(() -> change(
                Flavour.LEGACY,
                new IptablesTransaction()
                        .table("nat")
                        .chain("DOCKER")
                        .append("DOCKER", List.of(IptablesRule.rule().comeBack()))));
        LegacyTables legacy = new LegacyTables();
        LegacyTable table =
                namespace.run(() -> legacy.read(LegacyTable.Family.IPV4, "nat")).orElseThrow();
        assertTrue(table.hasChainOf("DOC"));
        assertFalse(table.hasChainOf("FL-"));
        assertEquals(new Modes.Cleared(List.of(), List.of()), namespace.run(Modes::removeAll));
    }

    /** Kubelet may say which tools it uses when the agent has begun with others. */
    @Test
    void rulesThatServeStayWhateverTheMachineUsesNow() {
        ServingMode iptables = open(ProxyMode.IPTABLES);
        serve(ProxyMode.IPTABLES);
        namespace.run(() ->
                change(Flavour.LEGACY, new IptablesTransaction().table("mangle").chain("KUBE-IPTABLES-HINT")));
        assertEquals(new Modes.Cleared(List.of(), List.of()), namespace.run(() -> Modes.removeOthers(iptables)));
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void aFlushIsNoticed(Flavour flavour) throws InterruptedException {
        namespace.run(() -> change(
                flavour,
                new IptablesTransaction()
                        .table("nat")
                        .chain("FL-CANARY")
                        .append("FL-CANARY", List.of(IptablesRule.rule().comeBack()))));
        TableWatch watch = new TableWatch(flavour, Duration.ofMillis(20));
        namespace.run(watch::remember);
        CountDownLatch noticed = new CountDownLatch(1);
        Runnable end = namespace.run(() -> watch.start(noticed::countDown));
        try {
            assertFalse(noticed.await(200, TimeUnit.MILLISECONDS), "nothing has changed");
            namespace.run(
                    () -> change(flavour, new IptablesTransaction().table("nat").chain("FL-CANARY")));
            assertTrue(noticed.await(10, TimeUnit.SECONDS));
        } finally {
            end.run();
        }
    }
}
