package io.fairlead.ingress.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.route.HostMatch;
import io.fairlead.ingress.tls.hello.Hello;
import io.fairlead.ingress.tls.hello.HelloFault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Who gets a connection and its bytes.
 *
 * <p>Confined to the test thread.
 */
final class TlsSelectorTest implements TlsListener<String> {

    private final List<HelloFault> refused = new ArrayList<>();
    private final List<String> passed = new ArrayList<>();
    private final ServerTls<String> tls = new ServerTls<>(
            new TlsSettings(TlsPolicy.INTERMEDIATE, TlsSettings.Provider.BORINGSSL, true, true, true, 1_000),
            TicketKeys.random(),
            new TlsPlan<>(
                    List.of(DefaultCertificate.generate(Instant.now())),
                    Map.of(HostMatch.parse("*.pass.example"), new HostTls.PassThrough<>("backend-1"))));
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        tls.close();
    }

    @Override
    public ChannelHandler passThrough(Channel of, String backend, String serverName) {
        passed.add(backend + " " + serverName);
        return new ChannelInboundHandlerAdapter();
    }

    @Override
    public void refused(Channel of, HelloFault fault) {
        refused.add(fault);
    }

    private void begin() {
        channel.freezeTime();
        channel.pipeline().addLast(new TlsSelector<>(tls, this));
    }

    private void send(ByteBuf bytes, int size) {
        while (bytes.isReadable()) {
            channel.writeInbound(bytes.readRetainedSlice(Math.min(size, bytes.readableBytes())));
        }
        bytes.release();
    }

    /** What a client sends first. */
    private static ByteBuf hello() throws SSLException {
        SslContext context = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .build();
        EmbeddedChannel client = new EmbeddedChannel(context.newHandler(UnpooledByteBufAllocator.DEFAULT));
        ByteBuf hello = client.readOutbound();
        ByteBuf copy = Unpooled.copiedBuffer(hello);
        hello.release();
        client.finishAndReleaseAll();
        return copy;
    }

    /** What came out of the pipeline on this side. */
    private byte[] received() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
            all.writeBytes(part);
            part.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    @Test
    void passesAllBytesThroughUntouched() {
        for (int size : List.of(1, 7, 10_000)) {
            EmbeddedChannel other = new EmbeddedChannel(new TlsSelector<>(tls, this));
            ByteBuf hello = Hello.records(Hello.of("x.pass.example").skipBytes(5), 30);
            ByteBuf sent =
                    Unpooled.wrappedBuffer(hello, Unpooled.copiedBuffer("early data", StandardCharsets.US_ASCII));
            byte[] expected = ByteBufUtil.getBytes(sent);
            while (sent.isReadable()) {
                other.writeInbound(sent.readRetainedSlice(Math.min(size, sent.readableBytes())));
            }
            ByteBuf all = Unpooled.buffer();
            for (ByteBuf part = other.readInbound(); part != null; part = other.readInbound()) {
                all.writeBytes(part);
                part.release();
            }
            assertArrayEquals(expected, ByteBufUtil.getBytes(all));
            assertNull(other.pipeline().get(TlsSelector.class));
            assertNull(TlsConnection.of(other));
            other.finishAndReleaseAll();
        }
        assertEquals(
                List.of("backend-1 x.pass.example", "backend-1 x.pass.example", "backend-1 x.pass.example"), passed);
        assertEquals(List.of(), refused);
    }

    @Test
    void givesItsPlaceToTheHandlerOfTls() throws SSLException {
        begin();
        send(hello(), 20);
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        assertNotNull(handler);
        assertEquals(
                "",
                assertInstanceOf(TlsConnection.class, TlsConnection.of(channel)).serverName());
        assertNull(channel.pipeline().get(TlsSelector.class));
    }

    @Test
    void leavesTheRestOfTheTimeToTheHandshake() throws SSLException {
        begin();
        channel.advanceTimeBy(700, TimeUnit.MILLISECONDS);
        send(hello(), 10_000);
        assertEquals(300, channel.pipeline().get(SslHandler.class).getHandshakeTimeoutMillis());
        channel.advanceTimeBy(400, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertFalse(channel.isOpen());
        assertEquals(List.of(), refused);
    }

    @Test
    void closesClientsThatKeepItWaiting() {
        begin();
        send(Hello.of("a.example").readSlice(20).retain(), 20);
        channel.advanceTimeBy(999, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertTrue(channel.isOpen());
        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertFalse(channel.isOpen());
        assertEquals(List.of(HelloFault.TIMEOUT), refused);
    }

    @Test
    void answersGarbageWithAnAlertOrNothing() {
        refuses(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII), HelloFault.NOT_TLS, "");
        refuses(Hello.of("a b"), HelloFault.BAD_NAME, "1503030002022f");
        refuses(Hello.of("unknown.example"), HelloFault.UNKNOWN_NAME, "15030300020270");
        refuses(Hello.record(Unpooled.wrappedBuffer(new byte[] {2})), HelloFault.NOT_HELLO, "1503030002020a");
    }

    private void refuses(ByteBuf sent, HelloFault fault, String alert) {
        refused.clear();
        EmbeddedChannel other = new EmbeddedChannel(new TlsSelector<>(tls, this));
        other.writeInbound(sent);
        ByteBuf answer = other.readOutbound();
        assertEquals(alert, ByteBufUtil.hexDump(answer));
        answer.release();
        assertFalse(other.isOpen());
        assertNull(other.readInbound());
        assertEquals(List.of(fault), refused);
        other.finishAndReleaseAll();
    }

    @Test
    void refusesWhenItsListenerIsGone() {
        begin();
        tls.close();
        send(Hello.record(Hello.message()), 10_000);
        assertEquals(List.of(HelloFault.UNUSABLE_CERTIFICATE), refused);
        assertFalse(channel.isOpen());
        assertEquals(0, received().length);
    }
}
