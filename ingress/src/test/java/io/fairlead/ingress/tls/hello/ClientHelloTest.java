package io.fairlead.ingress.tls.hello;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.tls.hello.Hello.Extension;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

/**
 * What ClientHellos say, and which are none.
 *
 * <p>Confined to the test thread.
 */
final class ClientHelloTest {

    private static String read(ByteBuf in) {
        int before = in.readableBytes();
        HelloScan scan = ClientHello.scan(in);
        assertEquals(before, in.readableBytes(), "nothing is consumed");
        return switch (scan) {
            case HelloScan.More ignored -> "more";
            case HelloScan.Refused refused -> refused.fault().name();
            case HelloScan.Complete complete ->
                new String(complete.hello().serverName(), StandardCharsets.US_ASCII)
                        + complete.hello().protocols();
        };
    }

    @Test
    void readsNameAndProtocols() {
        assertEquals("a.example[]", read(Hello.of("a.example")));
        assertEquals("a.example[h2, http/1.1]", read(Hello.of("A.Example.", "h2", "http/1.1")));
        assertEquals("a_b.example[]", read(Hello.of("a_b.example")));
        assertEquals("[]", read(Hello.record(Hello.message())));
        ByteBuf noExtensions = Unpooled.buffer().writeShort(0x0303).writeZero(32);
        noExtensions.writeByte(0).writeShort(2).writeShort(0x1301).writeByte(1).writeByte(0);
        assertEquals("[]", read(Hello.record(Hello.framed(noExtensions))));
    }

    @Test
    void readsItInAnyPieces() {
        byte[] whole = ByteBufUtil.getBytes(Hello.message(Extension.serverName("a.example"), Extension.alpn("h2")));
        for (int size : List.of(2, 3, 4, 5, 40, whole.length - 1, whole.length)) {
            ByteBuf all = Hello.records(Unpooled.copiedBuffer(whole), size);
            for (int there = 0; there < all.readableBytes(); there++) {
                assertEquals("more", read(all.slice(0, there)), "records of " + size + " bytes, " + there + " came");
            }
            assertEquals("a.example[h2]", read(all), "records of " + size + " bytes");
            // What follows is for whoever ends TLS: early data, or the change of ciphers for middleboxes.
            assertEquals("a.example[h2]", read(Unpooled.wrappedBuffer(all, Unpooled.wrappedBuffer(new byte[] {20, 3
            }))));
        }
    }

    @Test
    void refusesHostileRows() {
        Map<String, String> rows = new LinkedHashMap<>();
        // Not TLS at all.
        rows.put(hex("GET / HTTP/1.1\r\n\r\n"), "NOT_TLS");
        rows.put("80 2e 01 03 01", "NOT_TLS"); // the ClientHello of SSL 2
        rows.put("00", "NOT_TLS");
        rows.put("15 03 01 00 02 01 00", "NOT_TLS"); // an alert first
        rows.put("14 03 01 00 01 01", "NOT_TLS");
        // Records.
        rows.put("16 02", "BAD_RECORD");
        rows.put("16 04 00 00 01 01", "BAD_RECORD");
        rows.put("16 03 01 00 00", "BAD_RECORD");
        rows.put("16 03 01 40 01", "BAD_RECORD");
        rows.put("16 03 01 00 01 01 17 03 01 00 01 01", "BAD_RECORD");
        rows.put("16 03 01 00 01 01 16 03 01 00 00", "BAD_RECORD");
        // Messages.
        rows.put("16 03 01 00 01 02", "NOT_HELLO");
        rows.put("16 03 01 00 04 00 00 00 00", "NOT_HELLO");
        rows.put("16 03 01 00 04 01 00 40 01", "TOO_LARGE");
        rows.put("16 03 01 00 04 01 ff ff ff", "TOO_LARGE");
        rows.put("16 03 01 00 04 01 00 00 00", "MALFORMED");
        rows.put("16 03 01 00 05 01 00 00 00 00", "MALFORMED");
        rows.forEach((hex, fault) ->
                assertEquals(fault, read(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", ""))))));
        String pieces = "16 03 01 00 01 01 16 03 01 00 01 00 16 03 01 00 01 3f " + "16 03 01 00 01 00 ".repeat(62);
        assertEquals("TOO_LARGE", read(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(pieces.replace(" ", "")))));
    }

    private static String hex(String text) {
        return ByteBufUtil.hexDump(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void refusesHostileExtensions() {
        ByteBuf a = Extension.serverName("a.example");
        Map<String, ByteBuf[]> malformed = new LinkedHashMap<>();
        malformed.put("empty list", new ByteBuf[] {Extension.of(0, bytes("0000"))});
        malformed.put("no list", new ByteBuf[] {Extension.of(0, bytes(""))});
        malformed.put("list too long", new ByteBuf[] {Extension.of(0, bytes("0005 00 0001 61"))});
        malformed.put("list too short", new ByteBuf[] {Extension.of(0, bytes("0003 00 0001 61"))});
        malformed.put("name too long", new ByteBuf[] {Extension.of(0, bytes("0004 00 0002 61"))});
        malformed.put("two names", new ByteBuf[] {Extension.of(0, bytes("0008 00 0001 61 00 0001 62"))});
        malformed.put("other type", new ByteBuf[] {Extension.of(0, bytes("0004 01 0001 61"))});
        malformed.put("no protocols", new ByteBuf[] {Extension.of(16, bytes("0000"))});
        malformed.put("empty protocol", new ByteBuf[] {Extension.of(16, bytes("0001 00"))});
        malformed.put("protocol too long", new ByteBuf[] {Extension.of(16, bytes("0002 02 61"))});
        malformed.put("half an extension", new ByteBuf[] {a, bytes("0010 00")});
        malformed.put("extension too long", new ByteBuf[] {a, bytes("0010 0001")});
        malformed.put(
                "101 extensions",
                IntStream.range(100, 201)
                        .mapToObj(type -> Extension.of(type, bytes("")))
                        .toArray(ByteBuf[]::new));
        malformed.forEach(
                (name, extensions) -> assertEquals("MALFORMED", read(Hello.record(Hello.message(extensions))), name));
        assertEquals(
                "REPEATED_EXTENSION",
                read(Hello.record(Hello.message(
                        Extension.serverName("a.example"), bytes("00ff 0000"), Extension.serverName("b.example")))));
        assertEquals("REPEATED_EXTENSION", read(Hello.record(Hello.message(bytes("00ff 0000 00ff 0000")))));
        assertEquals(
                "[]",
                read(Hello.record(Hello.message(IntStream.range(100, 200)
                        .mapToObj(type -> Extension.of(type, bytes("")))
                        .toArray(ByteBuf[]::new)))));
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
    }

    @Test
    void refusesNamesThatAreNoneOfDns() {
        List<String> names = List.of(
                "",
                ".",
                "a..b",
                "a b",
                "a/b",
                "a\0b",
                "a:443",
                "[::1]",
                "*.a.example",
                "a,b",
                "a\r\nb",
                "ä.example",
                "a".repeat(64),
                ("a".repeat(63) + ".").repeat(4) + "a");
        for (String name : names) {
            assertEquals("BAD_NAME", read(Hello.of(name)), name);
        }
        assertEquals("a".repeat(63) + "[]", read(Hello.of("a".repeat(63))));
    }

    @Test
    void refusesBodiesWithWrongLengths() {
        String start = "0303" + "00".repeat(32);
        List<String> bodies = List.of(
                "03",
                "0303",
                start,
                start + "21" + "00".repeat(33) + "0002130101 00",
                start + "01",
                start + "00 0000 0100",
                start + "00 0001 13 0100",
                start + "00 0003 130113 0100",
                start + "00 0002 13",
                start + "00 0002 1301",
                start + "00 0002 1301 00",
                start + "00 0002 1301 02 00",
                start + "00 0002 1301 0100 00",
                start + "00 0002 1301 0100 0001",
                start + "00 0002 1301 0100 0000 00",
                "0203" + "00".repeat(32) + "00 0002 1301 0100");
        for (String body : bodies) {
            assertEquals("MALFORMED", read(Hello.record(Hello.framed(bytes(body)))), body);
        }
        assertEquals("[]", read(Hello.record(Hello.framed(bytes(start + "00 0002 1301 0100 0000")))));
    }

    @Test
    void anyChangeOfItIsReadOrRefused() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        byte[] whole = ByteBufUtil.getBytes(Hello.of("a.example", "h2", "http/1.1"));
        int complete = 0;
        int refused = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] changed = whole.clone();
            int changes = random.nextInt(1, 4);
            for (int c = 0; c < changes; c++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            try {
                HelloScan scan =
                        ClientHello.scan(Unpooled.wrappedBuffer(changed, 0, random.nextInt(changed.length + 1)));
                complete += scan instanceof HelloScan.Complete ? 1 : 0;
                refused += scan instanceof HelloScan.Refused ? 1 : 0;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", step " + i + ": " + ByteBufUtil.hexDump(changed), e);
            }
        }
        assertTrue(complete > 100 && refused > 1_000, complete + " complete, " + refused + " refused, seed " + seed);
    }

    @Test
    void readsThoseOfRealClients() throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = server.getLocalPort();
            List<List<String>> programs = List.of(
                    List.of(
                            "openssl",
                            "s_client",
                            "-connect",
                            "127.0.0.1:" + port,
                            "-servername",
                            "a.example",
                            "-alpn",
                            "h2,http/1.1"),
                    List.of(
                            "openssl",
                            "s_client",
                            "-connect",
                            "127.0.0.1:" + port,
                            "-servername",
                            "a.example",
                            "-alpn",
                            "h2,http/1.1",
                            "-tls1_2"),
                    List.of(
                            "curl",
                            "-sk",
                            "-m",
                            "5",
                            "--resolve",
                            "a.example:" + port + ":127.0.0.1",
                            "https://a.example:" + port + "/"));
            for (List<String> program : programs) {
                Process process = new ProcessBuilder(program)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                try (Socket socket = server.accept()) {
                    assertEquals("a.example[h2, http/1.1]", read(first(socket)), program.toString());
                } finally {
                    process.destroy();
                    assertTrue(process.waitFor(5, TimeUnit.SECONDS));
                }
            }
            Thread client = Thread.ofVirtual().start(() -> jdkClient(port));
            try (Socket socket = server.accept()) {
                assertEquals("a.example[h2]", read(first(socket)));
            }
            client.join();
        }
    }

    private static void jdkClient(int port) {
        try (SSLSocket socket =
                (SSLSocket) SSLSocketFactory.getDefault().createSocket(InetAddress.getLoopbackAddress(), port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("a.example")));
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
        } catch (IOException e) {
            // The other side closes as soon as it has read enough.
        }
    }

    /** What the client sends first, as far as it belongs together. */
    private static ByteBuf first(Socket socket) throws IOException {
        socket.setSoTimeout(5_000);
        ByteBuf all = Unpooled.buffer();
        byte[] part = new byte[4096];
        while (ClientHello.scan(all) instanceof HelloScan.More) {
            int read = socket.getInputStream().read(part);
            assertTrue(read > 0, "it ended");
            all.writeBytes(part, 0, read);
        }
        assertInstanceOf(HelloScan.Complete.class, ClientHello.scan(all));
        return all;
    }
}
