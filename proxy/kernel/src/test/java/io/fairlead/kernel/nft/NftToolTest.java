package io.fairlead.kernel.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.netns.Tool;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The {@code nft} program as an independent witness: operators look at our tables with it, and one rule that it cannot
 * print would break it for every other program of the node.
 */
class NftToolTest {

    private final NetNs namespace = NetNs.anonymous();
    private final Nft nft = namespace.run(NetlinkNft::open);

    @AfterEach
    void leave() {
        nft.close();
        namespace.close();
    }

    private String run(String... command) {
        return namespace.run(() -> Tool.run(command));
    }

    /** Fails with the lines that are missing and all that was printed. */
    private static void assertShows(String output, String... lines) {
        List<String> missing =
                List.of(lines).stream().filter(line -> !output.contains(line)).toList();
        assertTrue(missing.isEmpty(), () -> "missing " + missing + " in\n" + output);
    }

    @ParameterizedTest
    @EnumSource
    void printsEveryExpression(NftFamily family) {
        EveryRule every = new EveryRule(family, "fairlead");
        nft.apply(every.create(true));
        String ip = family.toString();

        String output = run("nft", "list", "ruleset");

        assertShows(
                output,
                "table " + ip + " fairlead {",
                "type nat hook prerouting priority dstnat - 1; policy accept;",
                "type nat hook postrouting priority srcnat - 1; policy accept;",
                "type filter hook forward priority filter; policy accept;",
                "jump services comment \"to services\"",
                ip + " daddr . meta l4proto . th dport vmap @services",
                "meta mark set " + ip + " daddr . meta l4proto . th dport map @shapes"
                        + " meta mark set meta mark meta mark vmap @by-mark",
                ip + " daddr . meta l4proto . th dport . " + ip + " saddr & ",
                " @ranges goto endpoints-5 comment \"source range\"",
                "fib saddr type local " + ip + " daddr @local meta mark set 0x00004000 goto slots",
                "dnat " + ip + " to " + ip + " daddr . meta l4proto . th dport . numgen random mod 5 map @endpoints",
                "update @records { " + ip + " saddr . 0x00000007 timeout 3h : numgen random mod 5 }",
                "ct state new ct status ! dnat " + ip + " daddr @local drop",
                ip + " daddr != @local oifname != \"lo\" accept",
                "iifname != \"lo\" tcp dport 80 drop",
                "meta mark & 0x00004000 == 0x00004000 meta mark set meta mark & 0xffffbfff masquerade fully-random",
                "reject comment \"answer\"");
    }

    @ParameterizedTest
    @EnumSource
    void printsJson(NftFamily family) {
        nft.apply(new EveryRule(family, "fairlead").create(false));
        assertShows(run("nft", "-j", "list", "ruleset"), "\"dnat\"", "\"masquerade\"", "\"comment\": \"guard\"");
    }

    @Test
    void printsElementsInTheirTypes() {
        EveryRule every = new EveryRule(NftFamily.IP, "fairlead");
        NftTransaction transaction = every.create(false);
        byte[] address = {10, 0, 0, 1};
        ByteBuffer service = ByteBuffer.allocate(12).put(address).put((byte) 6);
        service.putShort(8, (short) 80);
        ByteBuffer endpoint = ByteBuffer.allocate(16).put(service.array()).order(ByteOrder.nativeOrder());
        endpoint.putInt(12, 3);
        ByteBuffer target = ByteBuffer.allocate(8).put(new byte[] {10, (byte) 180, 0, 1});
        target.putShort(4, (short) 8080);
        transaction
                .addElement(every.local, address, new byte[0])
                .addElement(every.services, service.array(), number(every, new NftVerdict.Goto("endpoints-5")))
                .addElement(every.endpoints, endpoint.array(), target.array())
                .addElement(every.shapes, service.array(), NftData.hostInt(7).toBytes())
                .addElement(
                        every.ranges,
                        ByteBuffer.allocate(16)
                                .put(service.array())
                                .put(new byte[] {10, 5, 0, 0})
                                .array(),
                        new byte[0])
                .addElement(every.protocols, new byte[] {17}, new byte[] {0, 53})
                .addElement(every.verdictByMark(), NftData.hostInt(7).toBytes(), number(every, new NftVerdict.Drop()));
        nft.apply(transaction);

        assertShows(
                run("nft", "-n", "list", "ruleset"),
                "elements = { 10.0.0.1 }",
                "elements = { 10.0.0.1 . 6 . 80 : goto endpoints-5 }",
                "elements = { 10.0.0.1 . 6 . 80 . 0x00000003 : 10.180.0.1 . 8080 }",
                "elements = { 10.0.0.1 . 6 . 80 : 0x00000007 }",
                "elements = { 10.0.0.1 . 6 . 80 . 10.5.0.0 }",
                "elements = { 17 : 53 }",
                "elements = { 0x00000007 : drop }");
    }

    private static byte[] number(EveryRule every, NftVerdict verdict) {
        return ByteBuffer.allocate(4).putInt(every.verdicts.number(verdict)).array();
    }

    @Test
    void toolAndDriverAgreeOnWhatTheToolMade() {
        NftTable table = new NftTable(NftFamily.IP6, "made");
        NftSet map = new NftSet(
                "targets",
                List.of(NftType.IPV6_ADDR, NftType.INET_PROTO, NftType.INET_SERVICE),
                List.of(NftType.IPV6_ADDR, NftType.INET_SERVICE),
                false,
                false,
                64);
        run("nft", """
                table ip6 made {
                  map targets { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; size 64;
                    elements = { fd00::1 . tcp . 80 : fd00::2 . 8080 }; }
                  map records { type mark : mark; size 10; flags dynamic,timeout; }
                  chain base { type filter hook input priority -5; policy accept; accept comment "first"; }
                }
                """);

        NftTableState state = nft.read(table);

        assertTrue(state.sets().containsValue(map), state.toString());
        assertTrue(
                state.sets().containsValue(NftSet.records("records", 10, List.of(NftType.MARK), NftType.MARK)),
                state.toString());
        assertTrue(
                state.chains()
                        .containsValue(
                                new NftChain("base", new NftChain.Base(NftChain.Type.FILTER, NftHook.INPUT, -5))),
                state.toString());
        StringBuilder elements = new StringBuilder();
        nft.readElements(
                table,
                map,
                new NftVerdicts(),
                (key, value) -> elements.append(NftData.of(key)).append(' ').append(NftData.of(value)));
        assertEquals(
                "0xfd00000000000000000000000000000106000000" + "00500000" + " 0xfd000000000000000000000000000002"
                        + "1f900000",
                elements.toString());
    }
}
