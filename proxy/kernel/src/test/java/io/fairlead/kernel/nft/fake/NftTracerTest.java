package io.fairlead.kernel.nft.fake;

import static io.fairlead.kernel.nft.SmallLayout.TCP;
import static io.fairlead.kernel.nft.SmallLayout.base;
import static io.fairlead.kernel.nft.SmallLayout.ip;
import static io.fairlead.kernel.nft.SmallLayout.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.kernel.fake.Trace;
import io.fairlead.kernel.fake.Trace.Delivered;
import io.fairlead.kernel.fake.Trace.Dropped;
import io.fairlead.kernel.fake.Trace.Rejected;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.TracedPacket;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftExpression.Bitwise;
import io.fairlead.kernel.nft.NftExpression.Compare;
import io.fairlead.kernel.nft.NftExpression.Ct;
import io.fairlead.kernel.nft.NftExpression.CtKey;
import io.fairlead.kernel.nft.NftExpression.FibSourceType;
import io.fairlead.kernel.nft.NftExpression.Header;
import io.fairlead.kernel.nft.NftExpression.Meta;
import io.fairlead.kernel.nft.NftExpression.MetaKey;
import io.fairlead.kernel.nft.NftExpression.Payload;
import io.fairlead.kernel.nft.NftExpression.RandomNumber;
import io.fairlead.kernel.nft.NftExpression.Reject;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftHook;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftVerdict;
import io.fairlead.kernel.nft.NftVerdicts;
import io.fairlead.kernel.nft.SmallLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NftTracerTest {

    private static final String POD = "10.180.0.77";
    private static final String WEB = "172.30.0.41";

    private Instant now = Instant.ofEpochSecond(1_000_000);
    private final FakeNftKernel kernel = new FakeNftKernel((InstantSource) () -> now);
    private final FakeNft nft = kernel.open();
    private final SmallLayout layout = new SmallLayout(NftFamily.IP);
    private final NftTracer tracer = new NftTracer(kernel, new Node());

    /** Node 192.168.0.2 (and fd00::2), pods behind "cni0". */
    private static final class Node implements TracedNode {
        private static final InetAddress V4 = ip("192.168.0.2");
        private static final InetAddress V6 = ip("fd00::2");

        @Override
        public boolean isLocal(InetAddress address) {
            return address.equals(V4) || address.equals(V6);
        }

        @Override
        public String outInterface(InetAddress destination) {
            return destination.getHostAddress().startsWith("10.180.") ? "cni0" : "eth0";
        }

        @Override
        public InetAddress masqueradeAddress(InetAddress destination) {
            return destination instanceof Inet4Address ? V4 : V6;
        }
    }

    private static TracedPacket fromPod(String destination, int port) {
        return new TracedPacket("cni0", TCP, ip(POD), 40_000, ip(destination), port);
    }

    private static TracedPacket fromNode(String destination, int port) {
        return new TracedPacket("", TCP, ip("192.168.0.2"), 40_000, ip(destination), port);
    }

    private Map<Trace.Outcome, Double> outcomes(TracedPacket packet) {
        return tracer.traceAll(packet).stream().collect(Collectors.toMap(Trace::outcome, Trace::probability));
    }

    private static Delivered to(String backend, boolean masqueraded) {
        return new Delivered(ip(backend), 8080, true, masqueraded);
    }

    private static final Trace.Outcome UNTOUCHED = new Delivered(ip("192.0.2.9"), 80, false, false);

    @Test
    void findsEveryEndpointWithItsProbability() {
        layout.chainsFor(4);
        layout.service(WEB, 80, new NftVerdict.Goto("n4"), "10.180.0.1", "10.180.1.1", "10.180.2.1", "10.180.0.1");
        nft.apply(layout.transaction());
        assertEquals(
                Map.of(to("10.180.0.1", false), 0.5, to("10.180.1.1", false), 0.25, to("10.180.2.1", false), 0.25),
                outcomes(fromPod(WEB, 80)));
        assertEquals(
                List.of(
                        "prerouting: ip daddr . meta l4proto . th dport vmap @services",
                        "services: 172.30.0.41 . tcp . 80 -> goto n4",
                        "n4: dnat to ip daddr . meta l4proto . th dport . numgen random mod 4 map @endpoints",
                        "endpoints: 172.30.0.41 . tcp . 80 . 2 -> 10.180.2.1 . 8080",
                        "postrouting: meta mark & 0x00004000 == 0x00000000 return"),
                tracer.trace(fromPod(WEB, 80), modulus -> 2).matched());
    }

    @Test
    void masqueradesByMark() {
        layout.chainsFor(1);
        layout.service(WEB, 80, new NftVerdict.Goto("masquerade-1"), "10.180.0.1");
        nft.apply(layout.transaction());
        assertEquals(Map.of(to("10.180.0.1", true), 1.0), outcomes(fromPod(WEB, 80)));
        assertEquals(Map.of(to("10.180.0.1", true), 1.0), outcomes(fromNode(WEB, 80)));
    }

    @Test
    void rejectsDropsAndLeavesAlone() {
        layout.service(WEB, 80, new NftVerdict.Goto("reject"));
        layout.service(WEB, 81, new NftVerdict.Drop());
        nft.apply(layout.transaction());
        assertEquals(Map.of(new Rejected(), 1.0), outcomes(fromPod(WEB, 80)));
        assertEquals(Map.of(new Rejected(), 1.0), outcomes(fromNode(WEB, 80)));
        assertEquals(Map.of(new Dropped(), 1.0), outcomes(fromPod(WEB, 81)));
        assertEquals(Map.of(UNTOUCHED, 1.0), outcomes(fromPod("192.0.2.9", 80)));
        Trace guarded = tracer.traceAll(fromPod(WEB, 82)).getFirst();
        assertEquals(new Rejected(), guarded.outcome());
        assertEquals(
                List.of(
                        "guard: ct state & new != 0 ip daddr @cluster-ips reject comment \"no such port\"",
                        "cluster-ips: 172.30.0.41"),
                guarded.matched());
    }

    @Test
    void keepsRecordsAsTheKernelDoes() {
        layout.stickyAmong(2);
        layout.service(WEB, 80, new NftVerdict.Goto("sticky"), "10.180.0.1", "10.180.1.1");
        nft.apply(layout.transaction());
        Map<Trace.Outcome, Double> even = Map.of(to("10.180.0.1", false), 0.5, to("10.180.1.1", false), 0.5);
        assertEquals(even, outcomes(fromPod(WEB, 80)));
        assertEquals(even, outcomes(fromPod(WEB, 80)), "looking at all ways must leave no record");

        assertEquals(
                to("10.180.1.1", false),
                tracer.trace(fromPod(WEB, 80), modulus -> 1).outcome());
        assertEquals(Map.of(to("10.180.1.1", false), 1.0), outcomes(fromPod(WEB, 80)));

        now = now.plusMillis(SmallLayout.AFFINITY_MILLIS - 1);
        assertEquals(
                to("10.180.1.1", false),
                tracer.trace(fromPod(WEB, 80), modulus -> 0).outcome());
        now = now.plusMillis(1);
        assertEquals(even, outcomes(fromPod(WEB, 80)), "a hit does not refresh, an expired record is none");
    }

    /** The update statement of the kernel refreshes a record that exists but keeps its value. */
    @Test
    void updateKeepsTheValueOfLivingRecord() {
        layout.stickyAmong(2);
        layout.service(WEB, 80, new NftVerdict.Goto("sticky"), "10.180.0.1", "10.180.1.1");
        nft.apply(layout.transaction());
        tracer.trace(fromPod(WEB, 80), modulus -> 1);
        nft.apply(new NftTransaction(layout.table, new NftVerdicts())
                .deleteElement(layout.endpoints, layout.key(WEB, 80, 1)));
        now = now.plusMillis(SmallLayout.AFFINITY_MILLIS - 1);
        Trace trace = tracer.trace(fromPod(WEB, 80), modulus -> 0);
        assertEquals(to("10.180.0.1", false), trace.outcome());
        assertEquals(
                "affinity: 10.180.0.77 -> 1 refreshed",
                trace.matched().stream()
                        .filter(line -> line.startsWith("affinity"))
                        .findFirst()
                        .orElse("none"));
        now = now.plusMillis(SmallLayout.AFFINITY_MILLIS - 1);
        List<NftData> slots = new ArrayList<>();
        nft.readElements(
                layout.table, layout.affinity, new NftVerdicts(), (key, value) -> slots.add(NftData.of(value)));
        assertEquals(List.of(NftData.hostInt(1)), slots);
    }

    @Test
    void fullMapEndsTheRule() {
        layout.stickyAmong(1);
        layout.service(WEB, 80, new NftVerdict.Goto("sticky"), "10.180.0.1");
        nft.apply(layout.transaction());
        for (int client = 1; client <= 2; client++) {
            TracedPacket packet = new TracedPacket("cni0", TCP, ip("10.180.5." + client), 1, ip(WEB), 80);
            assertEquals(
                    to("10.180.0.1", false), tracer.trace(packet, modulus -> 0).outcome());
        }
        assertEquals(Map.of(new Rejected(), 1.0), outcomes(fromPod(WEB, 80)), "two records fit");
        now = now.plusMillis(SmallLayout.AFFINITY_MILLIS);
        assertEquals(Map.of(to("10.180.0.1", false), 1.0), outcomes(fromPod(WEB, 80)));
    }

    @Test
    void givesLocalDestinationsBackThroughLoopback() {
        layout.chainsFor(1);
        layout.service(WEB, 80, new NftVerdict.Goto("n1"), "192.168.0.2");
        layout.service("192.168.0.2", 8080, new NftVerdict.Drop());
        nft.apply(layout.transaction());
        NftRule seen = rule(
                "on loopback",
                new Meta(MetaKey.IIFNAME, 0),
                new Compare(0, false, name("lo")),
                new Ct(CtKey.STATUS, 8),
                new Bitwise(8, 8, NftData.hostInt(32), NftData.hostInt(0)),
                new Compare(8, true, NftData.hostInt(0)));
        nft.apply(other().addChain(base("seen", NftChain.Type.FILTER, NftHook.PREROUTING, -300))
                .replaceRules("seen", List.of(seen)));
        Trace trace = tracer.traceAll(fromNode(WEB, 80)).getFirst();
        assertEquals(to("192.168.0.2", false), trace.outcome(), "prerouting must not translate a second time");
        assertEquals(
                "seen: iifname \"lo\" ct status & dnat != 0 comment \"on loopback\"",
                trace.matched().getLast());
    }

    @Test
    void runsChainsByPriorityAndTheNewerOfEquals() {
        NftHook hook = NftHook.FORWARD;
        nft.apply(other().addChain(base("old", NftChain.Type.FILTER, hook, 0))
                .addChain(base("early", NftChain.Type.FILTER, hook, -1))
                .addChain(base("new", NftChain.Type.FILTER, hook, 0))
                .replaceRules("old", List.of(rule("", new Meta(MetaKey.MARK, 0))))
                .replaceRules("early", List.of(rule("", new Meta(MetaKey.MARK, 0))))
                .replaceRules("new", List.of(rule("", new Meta(MetaKey.MARK, 0)))));
        assertEquals(
                List.of("early: ", "new: ", "old: "),
                tracer.traceAll(fromPod("192.0.2.9", 80)).getFirst().matched());
    }

    /** Nat chains run at -100 whatever their priority, so a filter chain at -150 still sees the service's address. */
    @Test
    void runsNatChainsAtThePriorityOfNat() {
        layout.chainsFor(1);
        layout.service(WEB, 80, new NftVerdict.Goto("n1"), "10.180.0.1");
        nft.apply(layout.transaction());
        NftRule isWeb =
                rule("", layout.destination(0), new Compare(0, false, NftData.of(SmallLayout.bytes(WEB))), DROP);
        nft.apply(other().addChain(base("filter", NftChain.Type.FILTER, NftHook.PREROUTING, -101))
                .replaceRules("filter", List.of(isWeb)));
        assertEquals(Map.of(new Dropped(), 1.0), outcomes(fromPod(WEB, 80)));
        nft.apply(other().deleteChain("filter")
                .addChain(base("filter", NftChain.Type.FILTER, NftHook.PREROUTING, -99))
                .replaceRules("filter", List.of(isWeb)));
        assertEquals(Map.of(to("10.180.0.1", false), 1.0), outcomes(fromPod(WEB, 80)));
    }

    /** A table whose rules neither translate nor ask for connections does not start conntrack, and nat needs it. */
    @Test
    void skipsNatChainsWithoutConntrack() {
        nft.apply(other().addChain(base("nat", NftChain.Type.NAT, NftHook.PREROUTING, -100))
                .replaceRules("nat", List.of(rule("", DROP))));
        assertEquals(Map.of(UNTOUCHED, 1.0), outcomes(fromPod("192.0.2.9", 80)));
        nft.apply(other().addChain(NftChain.regular("user"))
                .replaceRules("user", List.of(rule("", new Ct(CtKey.STATE, 0)))));
        assertEquals(Map.of(new Dropped(), 1.0), outcomes(fromPod("192.0.2.9", 80)));
    }

    @Test
    void tellsLocalSourcesFromOthers() {
        nft.apply(other().addChain(base("local", NftChain.Type.FILTER, NftHook.POSTROUTING, 0))
                .replaceRules(
                        "local",
                        List.of(rule("", new FibSourceType(0), new Compare(0, false, NftData.hostInt(2)), DROP))));
        assertEquals(Map.of(new Dropped(), 1.0), outcomes(fromNode("192.0.2.9", 80)));
        assertEquals(Map.of(UNTOUCHED, 1.0), outcomes(fromPod("192.0.2.9", 80)));
    }

    @Test
    void resetAnswersTcpOnly() {
        nft.apply(other().addChain(base("reset", NftChain.Type.FILTER, NftHook.FORWARD, 0))
                .replaceRules("reset", List.of(rule("", new Reject(true)))));
        assertEquals(Map.of(new Rejected(), 1.0), outcomes(fromPod("192.0.2.9", 80)));
        TracedPacket udp = new TracedPacket("cni0", 17, ip(POD), 1, ip("192.0.2.9"), 80);
        assertEquals(Map.of(new Dropped(), 1.0), outcomes(udp));
    }

    @Test
    void comesBackFromJumpsButNotFromGotos() {
        NftTransaction chains = other().addChain(base("start", NftChain.Type.FILTER, NftHook.FORWARD, 0));
        for (String name : List.of("jumped", "gone", "end")) {
            chains.addChain(NftChain.regular(name)).replaceRules(name, List.of(rule("", new Meta(MetaKey.MARK, 0))));
        }
        nft.apply(chains.replaceRules("jumped", List.of(rule("", to("gone")), rule("", DROP)))
                .replaceRules(
                        "start",
                        List.of(
                                rule("", new NftExpression.Verdict(new NftVerdict.Jump("jumped"))),
                                rule("", new NftExpression.Verdict(new NftVerdict.Jump("end"))),
                                rule("", new NftExpression.Verdict(new NftVerdict.Return())),
                                rule("", DROP))));
        Trace trace = tracer.traceAll(fromPod("192.0.2.9", 80)).getFirst();
        assertEquals(UNTOUCHED, trace.outcome());
        assertEquals(
                List.of(
                        "start: jump jumped",
                        "jumped: goto gone",
                        "gone: ",
                        "start: jump end",
                        "end: ",
                        "start: return"),
                trace.matched());
    }

    @Test
    void refusesToGuess() {
        nft.apply(other().addChain(base("ttl", NftChain.Type.FILTER, NftHook.FORWARD, 0))
                .replaceRules("ttl", List.of(rule("", new Payload(Header.NETWORK, 8, 1, 0)))));
        assertThrows(UnsupportedOperationException.class, () -> tracer.traceAll(fromPod("192.0.2.9", 80)));
        nft.apply(other().replaceRules("ttl", List.of(rule("", new RandomNumber(0, 200_000)))));
        assertThrows(IllegalStateException.class, () -> tracer.traceAll(fromPod("192.0.2.9", 80)));
    }

    @Test
    void tracesIpv6() {
        SmallLayout six = new SmallLayout(NftFamily.IP6);
        six.chainsFor(2);
        six.service("fd00:30::41", 80, new NftVerdict.Goto("masquerade-2"), "fd00:80::1", "fd00:80:1::1");
        nft.apply(six.transaction());
        assertEquals(
                Map.of(to("fd00:80::1", true), 0.5, to("fd00:80:1::1", true), 0.5),
                outcomes(new TracedPacket("cni0", TCP, ip("fd00:80::77"), 40_000, ip("fd00:30::41"), 80)));
        assertEquals(Map.of(UNTOUCHED, 1.0), outcomes(fromPod("192.0.2.9", 80)), "other family");
    }

    private static final NftExpression DROP = new NftExpression.Verdict(new NftVerdict.Drop());

    private static NftExpression to(String chain) {
        return new NftExpression.Verdict(new NftVerdict.Goto(chain));
    }

    private static NftTransaction other() {
        return new NftTransaction(new NftTable(NftFamily.IP, "other"), new NftVerdicts()).addTable(false);
    }

    private static NftData name(String interfaceName) {
        return NftData.of(Arrays.copyOf(interfaceName.getBytes(StandardCharsets.US_ASCII), 16));
    }
}
