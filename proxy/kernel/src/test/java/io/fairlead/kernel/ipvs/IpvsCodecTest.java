package io.fairlead.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netlink.NetlinkBytes;
import io.fairlead.kernel.netlink.NetlinkMessage;
import io.fairlead.kernel.netlink.NetlinkWriter;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages of IPVS against bytes that were put together by hand from linux/ip_vs.h; and messages that lie. */
class IpvsCodecTest {

    private static final int TCP = 6;
    private static final int UDP = 17;

    private static final InetAddress VIP = address("0a00000a");
    private static final InetAddress VIP6 = address("fd00000000000000000000000000000a");
    private static final InetAddress BACKEND = address("0ab40001");
    private static final VirtualServerKey KEY = new VirtualServerKey(VIP, TCP, 80);
    private static final VirtualServerKey KEY6 = new VirtualServerKey(VIP6, UDP, 53);

    /** 10.0.0.10:80/tcp: AF 2, protocol 6, address, port in network order. */
    private static final String NAMED =
            "06000100" + "02000000" + "06000200" + "06000000" + "08000300" + "0a00000a" + "06000400" + "00500000";

    /** [fd00::a]:53/udp. */
    private static final String NAMED6 = "06000100" + "0a000000" + "06000200" + "11000000" + "14000300"
            + "fd00000000000000000000000000000a" + "06000400" + "00350000";

    private final NetlinkWriter writer = new NetlinkWriter(1 << 16);
    private final IpvsDecoder decoder = new IpvsDecoder();

    @BeforeEach
    void onlyLittleEndian() {
        // The rows below are what such machines send.
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
    }

    private static InetAddress address(String hex) {
        return IpBytes.address(HexFormat.of().parseHex(hex));
    }

    private String encoded(IpvsOperation operation) {
        writer.clear();
        IpvsEncoder.operation(writer, operation);
        return NetlinkBytes.written(writer);
    }

    /** An attribute with others inside. */
    private static String nested(int type, String parts) {
        return length(parts) + "%02x80".formatted(type) + parts;
    }

    private static String length(String value) {
        int bytes = 4 + value.length() / 2;
        return "%02x%02x".formatted(bytes & 0xff, bytes >> 8);
    }

    @Test
    void virtualServersAreNamedByFamilyProtocolAddressAndPort() {
        assertEquals(nested(1, NAMED), encoded(new IpvsOperation.DeleteVirtualServer(KEY)));
        assertEquals(nested(1, NAMED6), encoded(new IpvsOperation.DeleteVirtualServer(KEY6)));
    }

    @Test
    void virtualServersHaveSchedulerFlagsTimeoutAndMask() {
        VirtualServer server = VirtualServer.of(KEY, "wrr", 0);
        String rest = "08000600" + "77727200" + "0c000700" + "00000000" + "ffffffff" + "08000800" + "00000000"
                + "08000900" + "ffffffff";
        assertEquals(nested(1, NAMED + rest), encoded(new IpvsOperation.AddVirtualServer(server)));

        VirtualServer persistent = new VirtualServer(KEY, "rr", VirtualServer.PERSISTENT, 10_800, 24);
        String changed = "07000600" + "72720000" + "0c000700" + "01000000" + "ffffffff" + "08000800" + "302a0000"
                + "08000900" + "ffffff00";
        assertEquals(nested(1, NAMED + changed), encoded(new IpvsOperation.ChangeVirtualServer(persistent)));
    }

    /** Where IPv4 has a mask in network order, IPv6 has a prefix length in that of the host. */
    @Test
    void maskOfIpv6IsItsLength() {
        VirtualServer server = VirtualServer.of(KEY6, "mh", VirtualServer.SCHEDULER_1 | VirtualServer.SCHEDULER_2);
        String rest = "07000600" + "6d680000" + "0c000700" + "18000000" + "ffffffff" + "08000800" + "00000000"
                + "08000900" + "80000000";
        assertEquals(nested(1, NAMED6 + rest), encoded(new IpvsOperation.AddVirtualServer(server)));
        assertTrue(encoded(new IpvsOperation.AddVirtualServer(new VirtualServer(KEY, "rr", 1, 1, 0)))
                .endsWith("0800090000000000"));
    }

    @Test
    void realServersStandBehindTheirVirtualServer() {
        RealServer server = new RealServer(new RealServerKey(BACKEND, 8080), RealServer.MASQUERADE, 3, 100, 50);
        String named = "08000100" + "0ab40001" + "06000200" + "1f900000" + "06000b00" + "02000000";
        String rest =
                "08000300" + "00000000" + "08000400" + "03000000" + "08000500" + "64000000" + "08000600" + "32000000";
        String whole = nested(1, NAMED) + nested(2, named + rest);
        assertEquals(whole, encoded(new IpvsOperation.AddRealServer(KEY, server)));
        assertEquals(whole, encoded(new IpvsOperation.ChangeRealServer(KEY, server)));
        assertEquals(
                nested(1, NAMED) + nested(2, named), encoded(new IpvsOperation.DeleteRealServer(KEY, server.key())));
    }

    @Test
    void timeoutsStandAlone() {
        IpvsEncoder.timeouts(writer, new IpvsTimeouts(900, 0, 300));
        assertEquals(
                "08000400" + "84030000" + "08000500" + "00000000" + "08000600" + "2c010000",
                NetlinkBytes.written(writer));
    }

    /** A message as the kernel sends it: header of netlink, command and version, content. */
    private static NetlinkMessage sent(int command, String content) {
        String payload = "%02x010000".formatted(command) + content;
        int bytes = 16 + payload.length() / 2;
        String header = "%02x%02x0000".formatted(bytes & 0xff, bytes >> 8) + "1900" + "0200" + "00000000" + "00000000";
        return NetlinkBytes.message(HexFormat.of().parseHex(header + payload));
    }

    /** The kernel sends sixteen bytes of address, its own flag, and statistics that we pass over. */
    private static String service(String flags, String seconds, String mask) {
        return nested(
                1,
                "06000100" + "02000000" + "06000200" + "06000000" + "14000300" + "0a00000a" + "00".repeat(12)
                        + "06000400" + "00500000" + "07000600" + "72720000" + "0c000700" + flags + "ffffffff"
                        + "08000800" + seconds + "08000900" + mask + nested(10, "08000100" + "05000000"));
    }

    @Test
    void readsVirtualServers() {
        assertEquals(
                Optional.of(VirtualServer.of(KEY, "rr", 0)),
                decoder.virtualServer(sent(1, service("02000000", "00000000", "ffffffff"))));
        assertEquals(
                Optional.of(new VirtualServer(KEY, "rr", VirtualServer.PERSISTENT, 10_800, 24)),
                decoder.virtualServer(sent(1, service("03000000", "302a0000", "ffffff00"))));
    }

    @Test
    void passesOverVirtualServersOfMarks() {
        String marked = nested(1, "06000100" + "02000000" + "08000500" + "07000000" + "07000600" + "72720000");
        assertEquals(Optional.empty(), decoder.virtualServer(sent(1, marked)));
    }

    @Test
    void readsRealServersWithTheirConnections() {
        String content = nested(
                2,
                "14000100" + "fd000000000000000000000000000001" + "06000200" + "1f900000" + "08000300" + "00000000"
                        + "08000400" + "00000000" + "05000d00" + "00000000" + "08000500" + "64000000" + "08000600"
                        + "32000000" + "08000700" + "07000000" + "08000800" + "08000000" + "08000900" + "09000000"
                        + "06000b00" + "0a000000");
        RealServerKey key = new RealServerKey(address("fd000000000000000000000000000001"), 8080);
        RealServerStatus expected = new RealServerStatus(new RealServer(key, 0, 0, 100, 50), 7, 8, 9);
        assertEquals(expected, decoder.realServer(sent(5, content), true));
    }

    /** Old kernels do not say the family of a real server: it is that of its virtual server. */
    @Test
    void familyOfRealServersMayBeMissing() {
        String content = nested(2, "14000100" + "0ab40001" + "00".repeat(12) + "06000200" + "00500000");
        assertEquals(
                new RealServerKey(BACKEND, 80),
                decoder.realServer(sent(5, content), false).server().key());
    }

    @Test
    void readsTimeouts() {
        assertEquals(
                new IpvsTimeouts(900, 120, 300),
                decoder.timeouts(
                        sent(12, "08000400" + "84030000" + "08000500" + "78000000" + "08000600" + "2c010000")));
    }

    @Test
    void whatIsWrittenIsReadBack() {
        VirtualServer server = new VirtualServer(KEY6, "lblcr", 1, 77, 64);
        RealServer real = new RealServer(new RealServerKey(VIP6, 0), 0, Integer.MAX_VALUE, 9, 8);
        writer.beginMessage(0x19, 0, 1);
        writer.fixedInt(1);
        IpvsEncoder.operation(writer, new IpvsOperation.AddVirtualServer(server));
        writer.endMessage();
        assertEquals(Optional.of(server), decoder.virtualServer(NetlinkBytes.message(writer)));
        writer.clear();
        writer.beginMessage(0x19, 0, 1);
        writer.fixedInt(1);
        IpvsEncoder.operation(writer, new IpvsOperation.AddRealServer(KEY6, real));
        writer.endMessage();
        assertEquals(new RealServerStatus(real, 0, 0, 0), decoder.realServer(NetlinkBytes.message(writer), true));
    }

    @Test
    void refusesWhatIsNoServer() {
        String[] liars = {
            "", // no attribute
            nested(1, ""), // no family
            nested(1, "06000100" + "03000000" + "06000200" + "06000000"), // another family
            nested(1, "06000100" + "02000000" + "06000200" + "06000000" + "06000300" + "0a000000"), // half an address
            nested(1, NAMED + "06000700" + "01000000"), // half the flags
            nested(1, NAMED), // no scheduler
            nested(1, NAMED + "06000900" + "01000000"), // half a mask
            nested(1, NAMED + "07000600" + "72720000" + "08000800" + "ffffffff"), // negative time
            nested(1, NAMED6 + "07000600" + "72720000" + "08000900" + "81000000"), // 129 bits
            nested(1, "06000100" + "02000000" + "08000200" + "06000000"), // protocol of another width
            nested(1, "ffff0100" + "02000000"), // longer than the message
            nested(1, "03000100" + "02000000"), // shorter than itself
        };
        for (String liar : liars) {
            // A virtual server without protocol is one of marks.
            if (!liar.equals(nested(1, ""))) {
                assertThrows(KernelException.class, () -> decoder.virtualServer(sent(1, liar)), liar);
            }
            assertThrows(KernelException.class, () -> decoder.realServer(sent(5, liar), false), liar);
        }
    }

    /** Whatever bytes come, the answer is a value or a KernelException. */
    @Test
    void changedBytesAreNeverTrusted() {
        byte[] good = HexFormat.of().parseHex(service("03000000", "302a0000", "ffffff00"));
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length / 4 + 1) * 4);
            for (int i = 0; i < 3 && bad.length > 0; i++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            NetlinkMessage message = sent(1, HexFormat.of().formatHex(bad));
            try {
                decoder.virtualServer(message);
                decoder.realServer(message, random.nextBoolean());
                decoder.timeouts(message);
            } catch (KernelException e) {
                assertEquals(0, e.errno());
            }
        }
    }

    @Test
    void valuesRefuseWhatNoKernelCouldMean() {
        assertThrows(IllegalArgumentException.class, () -> new VirtualServerKey(VIP, TCP, 65_536));
        assertThrows(IllegalArgumentException.class, () -> new VirtualServerKey(VIP, -1, 80));
        assertThrows(IllegalArgumentException.class, () -> new RealServerKey(VIP, -1));
        assertThrows(IllegalArgumentException.class, () -> new RealServer(new RealServerKey(VIP, 1), 8, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> VirtualServer.of(KEY, "sixteen-letters-", 0));
        assertThrows(IllegalArgumentException.class, () -> VirtualServer.of(KEY, "", 0));
        assertThrows(IllegalArgumentException.class, () -> VirtualServer.of(KEY, "rr", VirtualServer.HASHED));
        assertThrows(IllegalArgumentException.class, () -> new VirtualServer(KEY, "rr", 1, 60, 33));
        assertThrows(
                IllegalArgumentException.class,
                () -> VirtualServer.of(KEY, "rr", 0).withPersistence(Integer.MAX_VALUE));
    }

    @Test
    void namesAreReadable() {
        assertEquals("10.0.0.10:80/tcp", KEY.toString());
        assertEquals("[fd00:0:0:0:0:0:0:a]:53/udp", KEY6.toString());
        assertEquals(
                "cannot delete real server 10.180.0.1:8080 of virtual server 10.0.0.10:80/tcp: ENOENT, it does not exist",
                new IpvsRefusal(3, new IpvsOperation.DeleteRealServer(KEY, new RealServerKey(BACKEND, 8080)), 2, "")
                        .toException()
                        .getMessage());
    }
}
