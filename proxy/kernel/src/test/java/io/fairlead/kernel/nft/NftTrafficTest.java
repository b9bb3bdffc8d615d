package io.fairlead.kernel.nft;

import static io.fairlead.kernel.nft.NftExpression.Header.NETWORK;
import static io.fairlead.kernel.nft.NftExpression.Header.TRANSPORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.netns.Tool;
import io.fairlead.kernel.nft.NftExpression.Compare;
import io.fairlead.kernel.nft.NftExpression.Dnat;
import io.fairlead.kernel.nft.NftExpression.LookupData;
import io.fairlead.kernel.nft.NftExpression.LookupVerdict;
import io.fairlead.kernel.nft.NftExpression.Meta;
import io.fairlead.kernel.nft.NftExpression.MetaKey;
import io.fairlead.kernel.nft.NftExpression.MetaSet;
import io.fairlead.kernel.nft.NftExpression.Payload;
import io.fairlead.kernel.nft.NftExpression.RandomNumber;
import io.fairlead.kernel.nft.NftExpression.Reject;
import io.fairlead.kernel.nft.NftExpression.UpdateRecord;
import io.fairlead.kernel.nft.NftExpression.Verdict;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A few real connections through rules of this driver: what the kernel accepts also does what its value says. One
 * namespace: a client connects to 172.30.0.1, five servers listen on 10.9.0.1.
 */
class NftTrafficTest {

    private static final int SERVERS = 5;
    private static final int FIRST_PORT = 8080;
    private static final NftTable TABLE = new NftTable(NftFamily.IP, "fairlead");
    private static final NftSet SERVICES =
            NftSet.verdictMap("services", NftType.IPV4_ADDR, NftType.INET_PROTO, NftType.INET_SERVICE);
    private static final NftSet ENDPOINTS =
            NftSet.map("endpoints", List.of(NftType.MARK), NftType.IPV4_ADDR, NftType.INET_SERVICE);
    private static final NftSet RECORDS = NftSet.records("records", 100, List.of(NftType.IPV4_ADDR), NftType.MARK);

    private final NetNs namespace = NetNs.anonymous();
    private final Nft nft = namespace.run(NetlinkNft::open);
    private final NftVerdicts verdicts = new NftVerdicts();
    private final List<ServerSocket> servers = new ArrayList<>();

    @BeforeEach
    void serve() throws IOException {
        namespace.run(() -> {
            Tool.run("ip", "link", "set", "lo", "up");
            Tool.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1");
            Tool.run("ip", "address", "add", "10.9.0.1/24", "dev", "eth0");
            Tool.run("ip", "link", "set", "eth0", "up");
            Tool.run("ip", "link", "set", "eth1", "up");
            Tool.run("ip", "route", "add", "default", "via", "10.9.0.254");
            for (int i = 0; i < SERVERS; i++) {
                servers.add(new ServerSocket(FIRST_PORT + i, 1000, InetAddress.getByName("10.9.0.1")));
            }
        });
        servers.forEach(server -> Thread.ofPlatform().daemon().start(() -> answer(server)));
    }

    /** Tells its number to every client, and again for every byte that the client sends. */
    private static void answer(ServerSocket server) {
        while (true) {
            try (Socket client = server.accept()) {
                do {
                    client.getOutputStream().write(server.getLocalPort() - FIRST_PORT);
                } while (client.getInputStream().read() >= 0);
            } catch (IOException closed) {
                return;
            }
        }
    }

    @AfterEach
    void leave() throws IOException {
        for (ServerSocket server : servers) {
            server.close();
        }
        nft.close();
        namespace.close();
    }

    /** The number of the server that answered on a port of 172.30.0.1. */
    private int connect(int port) throws IOException {
        try (Socket socket = namespace.run(() -> new Socket())) {
            namespace.run(() -> socket.connect(new InetSocketAddress("172.30.0.1", port), 5_000));
            socket.setSoTimeout(5_000);
            return socket.getInputStream().read();
        }
    }

    @Test
    void spreadsSticksAndRejects() throws IOException {
        nft.apply(layout());

        Set<Integer> spread = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            spread.add(connect(80));
        }
        assertEquals(Set.of(0, 1, 2, 3, 4), spread);

        int chosen = connect(81);
        for (int i = 0; i < 30; i++) {
            assertEquals(chosen, connect(81));
        }
        List<String> records = new ArrayList<>();
        nft.readElements(
                TABLE, RECORDS, verdicts, (key, value) -> records.add(NftData.of(key) + " " + NftData.of(value)));
        assertEquals(List.of("0x0a090001 " + NftData.hostInt(chosen)), records);

        assertThrows(ConnectException.class, () -> connect(82));
    }

    @Test
    void openConnectionOutlivesTheChangeOfItsEndpoint() throws IOException {
        nft.apply(layout());
        NftTransaction change = new NftTransaction(TABLE, verdicts);
        for (int i = 0; i < SERVERS; i++) {
            change.deleteElement(ENDPOINTS, NftData.hostInt(i).toBytes())
                    .addElement(ENDPOINTS, NftData.hostInt(i).toBytes(), target(2));
        }
        try (Socket socket = namespace.run(() -> new Socket())) {
            namespace.run(() -> socket.connect(new InetSocketAddress("172.30.0.1", 80), 5_000));
            socket.setSoTimeout(5_000);
            int server = socket.getInputStream().read();
            nft.apply(change);
            socket.getOutputStream().write(0);
            assertEquals(server, socket.getInputStream().read());
        }
        for (int i = 0; i < 20; i++) {
            assertEquals(2, connect(80));
        }
    }

    /** Port 80: any server. Port 81: the server that the client got first. Port 82: refused. */
    private NftTransaction layout() {
        NftTransaction transaction = new NftTransaction(TABLE, verdicts)
                .addTable(true)
                .addSet(SERVICES)
                .addSet(ENDPOINTS)
                .addSet(RECORDS)
                .addChain(NftChain.regular("spread"))
                .addChain(NftChain.regular("stick"))
                .addChain(NftChain.regular("reject"))
                .addChain(new NftChain("output", new NftChain.Base(NftChain.Type.NAT, NftHook.OUTPUT, -101)))
                .addChain(new NftChain("unmarked", new NftChain.Base(NftChain.Type.FILTER, NftHook.OUTPUT, 0)))
                .replaceRules(
                        "spread",
                        List.of(EveryRule.rule(
                                "", new RandomNumber(0, SERVERS), endpoint(), new Dnat(NftFamily.IP, 0, 1))))
                .replaceRules("stick", List.of(recall(), remember()))
                .replaceRules("reject", List.of(EveryRule.rule("", new Reject())))
                .replaceRules(
                        "output",
                        List.of(EveryRule.rule(
                                "",
                                new Payload(NETWORK, 16, 4, 0),
                                new Meta(MetaKey.L4PROTO, 1),
                                new Payload(TRANSPORT, 2, 2, 2),
                                new LookupVerdict("services", 0))))
                .replaceRules(
                        "unmarked",
                        List.of(EveryRule.rule(
                                "a rule that borrows the mark gives it back",
                                new Meta(MetaKey.MARK, 0),
                                new Compare(0, true, NftData.hostInt(0)),
                                new Verdict(new NftVerdict.Drop()))));
        List<String> chains = List.of("spread", "stick", "reject");
        for (int i = 0; i < chains.size(); i++) {
            byte[] key = new byte[12];
            ByteBuffer.wrap(key).put(new byte[] {(byte) 172, 30, 0, 1, 6}).putShort(8, (short) (80 + i));
            int verdict = verdicts.number(new NftVerdict.Goto(chains.get(i)));
            transaction.addElement(
                    SERVICES, key, ByteBuffer.allocate(4).putInt(verdict).array());
        }
        for (int i = 0; i < SERVERS; i++) {
            transaction.addElement(ENDPOINTS, NftData.hostInt(i).toBytes(), target(i));
        }
        return transaction;
    }

    private static LookupData endpoint() {
        return new LookupData("endpoints", 0, 0);
    }

    private static byte[] target(int server) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.BIG_ENDIAN)
                .put(new byte[] {10, 9, 0, 1})
                .putShort((short) (FIRST_PORT + server))
                .array();
    }

    private static NftRule recall() {
        return EveryRule.rule(
                "recall",
                new Payload(NETWORK, 12, 4, 0),
                new LookupData("records", 0, 0),
                new Meta(MetaKey.MARK, 15),
                new MetaSet(MetaKey.MARK, 0),
                new Meta(MetaKey.MARK, 0),
                new MetaSet(MetaKey.MARK, 15),
                endpoint(),
                new Dnat(NftFamily.IP, 0, 1));
    }

    private static NftRule remember() {
        return EveryRule.rule(
                "remember",
                new Payload(NETWORK, 12, 4, 4),
                new RandomNumber(0, SERVERS),
                new UpdateRecord("records", 4, 0, 60_000),
                endpoint(),
                new Dnat(NftFamily.IP, 0, 1));
    }
}
