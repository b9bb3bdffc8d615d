package io.fairlead.ingress.tls;

import io.fairlead.ingress.tls.hello.ClientHello;
import io.fairlead.ingress.tls.hello.HelloFault;
import io.fairlead.ingress.tls.hello.HelloScan;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the ClientHello of a connection, asks the table who answers it, and gives its place and all bytes to Netty's
 * handler of TLS or to one that forwards them. It is the first handler of a connection's pipeline, or behind the one
 * that reads the PROXY protocol.
 *
 * <p>Confined to the connection's event loop.
 */
public final class TlsSelector<P> extends ByteToMessageDecoder {

    private final ServerTls<P> tls;
    private final TlsListener<P> listener;
    private long begunNanos;
    private @Nullable Future<?> timeout;
    private boolean refused;

    public TlsSelector(ServerTls<P> tls, TlsListener<P> listener) {
        this.tls = tls;
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        begunNanos = context.executor().ticker().nanoTime();
        timeout = context.executor()
                .schedule(
                        () -> refuse(context, HelloFault.TIMEOUT),
                        tls.settings().handshakeTimeoutMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        stopTimeout();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        stopTimeout();
        refused = true;
        super.channelInactive(context);
    }

    private void stopTimeout() {
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        switch (ClientHello.scan(in)) {
            case HelloScan.More ignored -> {}
            case HelloScan.Refused fault -> refuse(context, fault.fault());
            case HelloScan.Complete complete -> select(context, complete.hello());
        }
    }

    private void select(ChannelHandlerContext context, ClientHello hello) {
        byte[] name = hello.serverName();
        CertificateTable<P> table = tls.table();
        CertificateTable.Entry<P> found = name.length == 0 ? null : table.find(name, 0, name.length);
        if (found == null && name.length > 0 && tls.settings().refuseUnknownNames()) {
            refuse(context, HelloFault.UNKNOWN_NAME);
            return;
        }
        switch (found == null ? table.defaults() : found) {
            case CertificateTable.PassThrough<P> passThrough ->
                replace(
                        context,
                        listener.passThrough(
                                context.channel(), passThrough.backend(), new String(name, StandardCharsets.US_ASCII)));
            case CertificateTable.Terminate<P> terminate -> terminate(context, hello, table, terminate.certificates());
        }
    }

    private void terminate(
            ChannelHandlerContext context,
            ClientHello hello,
            CertificateTable<P> table,
            ServedCertificates certificates) {
        if (!hello.protocols().isEmpty() && !isProtocolServed(hello.protocols())) {
            refuse(context, HelloFault.NO_PROTOCOL);
            return;
        }
        SslHandler handler = certificates.newHandler(context.alloc());
        if (handler != null) {
            long waited = context.executor().ticker().nanoTime() - begunNanos;
            long left = tls.settings().handshakeTimeoutMillis() - TimeUnit.NANOSECONDS.toMillis(waited);
            handler.setHandshakeTimeoutMillis(Math.max(1, left));
            new TlsConnection(tls, handler, hello.serverName(), certificates).attach(context.channel());
            replace(context, handler);
        } else if (tls.table() != table) {
            select(context, hello);
        } else {
            refuse(context, HelloFault.UNUSABLE_CERTIFICATE);
        }
    }

    /** An answer in a protocol that was not offered could be read as one of another service (RFC 7301, section 3.2). */
    private boolean isProtocolServed(List<String> offered) {
        return offered.contains(ApplicationProtocolNames.HTTP_1_1)
                || tls.settings().http2() && offered.contains(ApplicationProtocolNames.HTTP_2);
    }

    /** On its way out, the decoder gives all bytes that it kept to the handler that stands in its place. */
    private void replace(ChannelHandlerContext context, ChannelHandler handler) {
        stopTimeout();
        context.pipeline().replace(this, null, handler);
    }

    private void refuse(ChannelHandlerContext context, HelloFault fault) {
        if (refused) {
            return;
        }
        refused = true;
        stopTimeout();
        listener.refused(context.channel(), fault);
        ByteBuf alert = fault.alert() < 0
                ? Unpooled.EMPTY_BUFFER
                : context.alloc().buffer(7).writeBytes(new byte[] {21, 3, 3, 0, 2, 2, (byte) fault.alert()});
        context.writeAndFlush(alert).addListener(ChannelFutureListener.CLOSE);
    }
}
