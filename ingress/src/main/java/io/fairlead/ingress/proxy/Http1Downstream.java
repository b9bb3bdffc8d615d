package io.fairlead.ingress.proxy;

import io.fairlead.ingress.loop.Deadline;
import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.proxy.http1.ChunkScanner;
import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.HeadText;
import io.fairlead.ingress.proxy.http1.Progress;
import io.fairlead.ingress.proxy.http1.RequestHead;
import io.fairlead.ingress.proxy.http1.RequestMethod;
import io.fairlead.ingress.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection of HTTP/1.1 (RFC 9112): one request after the other. What comes while an answer is awaited, stays
 * where it is and the client with it.
 *
 * <p>Hot path: heads are scanned where they were copied to once, content passes in the buffers in which it came.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails is an exception of the connection.
final class Http1Downstream extends ChannelInboundHandlerAdapter implements Downstream {

    private static final byte[] HTTP_11 = "HTTP/1.1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTTP_10 = "HTTP/1.0".getBytes(StandardCharsets.US_ASCII);

    /**
     * How long a connection without a request waits for one when the proxy drains: it may be on its way, and a client
     * cannot tell whether one that was not answered was served. Its answer then ends the connection.
     */
    static final long LAST_REQUEST_MILLIS = 1_000;

    private enum Phase {
        HEAD,
        /** The request's content, of known length. */
        LENGTH,
        CHUNKED,
        /** All of the request came; its answer did not end. */
        ANSWER,
        /** Another protocol than HTTP is spoken. */
        TUNNEL,
        /** The last answer is on its way; what comes is thrown away. */
        LINGER
    }

    private final Worker worker;
    private final ProxySettings settings;
    private final RequestHead head;
    private final HeadText text = new HeadText();
    private final ChunkScanner chunks = new ChunkScanner();
    private final Exchange exchange;
    private final Deadline deadline;

    private Phase phase = Phase.HEAD;

    @Nullable
    private ChannelHandlerContext context;

    @Nullable
    private Http1Answer answer;

    /** What came and could not be taken yet. */
    private ByteBuf held = Unpooled.EMPTY_BUFFER;

    private boolean inRead;
    private boolean processing;
    private boolean draining;
    /** Whether the connection ends with the answer under way. */
    private boolean closing;

    private long left;
    private int requests;

    Http1Downstream(Exchanges exchanges) {
        worker = exchanges.worker();
        settings = exchanges.settings();
        head = new RequestHead(settings.headLimits());
        exchange = exchanges.begin(this);
        deadline = worker.deadline(this::waitedTooLong);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        answer = new Http1Answer(added);
        head.begin(0, false);
        deadline.set(worker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.headMillis()));
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("a connection is used before it stands");
        }
        return context;
    }

    private Http1Answer answer() {
        if (answer == null) {
            throw new IllegalStateException("a connection is used before it stands");
        }
        return answer;
    }

    // What comes.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        inRead = true;
        if (held.isReadable()) {
            ByteBuf both = ctx.alloc().buffer(held.readableBytes() + in.readableBytes());
            both.writeBytes(held).writeBytes(in);
            held.release();
            in.release();
            held = both;
        } else {
            held.release();
            held = in;
        }
        process();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        inRead = false;
        exchange.flushRequest();
        flush();
    }

    @Override
    public void resume() {
        if (!processing) {
            process();
        }
    }

    /** Takes what came, as far as it can be taken. */
    private void process() {
        processing = true;
        boolean goesOn = true;
        while (goesOn && held.isReadable()) {
            goesOn = switch (phase) {
                case HEAD -> readHead();
                case LENGTH -> exchange.takesContent() && readLength();
                case CHUNKED -> exchange.takesContent() && readChunks();
                case TUNNEL -> exchange.takesContent() && pass();
                case ANSWER -> false;
                case LINGER -> discard();
            };
        }
        processing = false;
        if (!inRead) {
            exchange.flushRequest();
        }
        if (!held.isReadable()) {
            held.release();
            held = Unpooled.EMPTY_BUFFER;
        }
        reading(!held.isReadable());
    }

    private void reading(boolean wanted) {
        if (context().channel().config().isAutoRead() != wanted) {
            context().channel().config().setAutoRead(wanted);
        }
    }

    private boolean readHead() {
        if (text.isEmpty()) {
            // Slowness is measured from a request's first byte on.
            deadline.set(worker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.headMillis()));
        }
        Progress progress = text.read(held, head);
        if (progress == Progress.MORE) {
            return false;
        }
        deadline.clear();
        requests++;
        if (progress == Progress.REFUSED) {
            closing = true;
            phase = Phase.ANSWER;
            exchange.refuse(head, Replies.of(head.fault()));
            return true;
        }
        closing = draining || !head.persistent() || requests >= settings.requestsMax();
        switch (head.framing()) {
            case NONE -> phase = Phase.ANSWER;
            case LENGTH -> {
                left = head.fields().contentLength();
                phase = left > 0 ? Phase.LENGTH : Phase.ANSWER;
            }
            case CHUNKED -> {
                chunks.begin();
                phase = Phase.CHUNKED;
            }
            case UNTIL_CLOSE -> throw new IllegalStateException("a request does not end with its connection");
        }
        exchange.begin(head);
        return true;
    }

    private boolean readLength() {
        int taken = (int) Math.min(left, held.readableBytes());
        left -= taken;
        exchange.content(held.readRetainedSlice(taken));
        if (left == 0 && phase == Phase.LENGTH) {
            phase = Phase.ANSWER;
            exchange.requestEnd(HeadFields.NONE);
        }
        return true;
    }

    private boolean readChunks() {
        int from = held.readerIndex();
        if (exchange.takesRequestChunks()) {
            int to = chunks.scan(held, from, held.writerIndex());
            int passed = chunks.passEnd() - from;
            held.readerIndex(to);
            if (passed > 0 && chunks.progress() != Progress.REFUSED && !exchange.exceeds(chunks.contentBytes())) {
                exchange.requestChunks(held.retainedSlice(from, passed));
            }
        } else {
            int to = chunks.step(held, from, held.writerIndex());
            held.readerIndex(to);
            boolean data = chunks.piece() == ChunkScanner.Piece.DATA && to > from;
            if (data && !exchange.exceeds(chunks.contentBytes())) {
                exchange.content(held.retainedSlice(from, to - from));
            }
        }
        if (phase != Phase.CHUNKED) {
            return true;
        }
        if (chunks.progress() == Progress.REFUSED || exchange.exceeds(chunks.contentBytes())) {
            closing = true;
            boolean broken = chunks.progress() == Progress.REFUSED;
            exchange.refuseContent(broken ? Replies.of(chunks.fault()) : Replies.TOO_LARGE);
        } else if (chunks.progress() == Progress.COMPLETE) {
            phase = Phase.ANSWER;
            exchange.requestEnd(chunks.hasTrailers() ? chunks.trailers() : HeadFields.NONE);
        }
        return true;
    }

    private boolean pass() {
        exchange.content(held.readRetainedSlice(held.readableBytes()));
        return true;
    }

    private boolean discard() {
        held.skipBytes(held.readableBytes());
        return true;
    }

    // The answer.

    @Override
    public byte[] protocol() {
        return head.isHttp11() ? HTTP_11 : HTTP_10;
    }

    @Override
    public void informational(ResponseHead head) {
        answer().informational(head);
    }

    @Override
    public void head(ResponseHead answer) {
        if (exchange.tunnels()) {
            phase = Phase.TUNNEL;
            answer().tunnel(exchange, answer);
            return;
        }
        closing |= draining || Http1Answer.endsWithConnection(answer, head.isHttp11());
        answer().head(exchange, answer, head.isHttp11(), closing);
    }

    @Override
    public boolean takesChunks() {
        return answer().takesChunks();
    }

    @Override
    public void content(ByteBuf content) {
        answer().content(content);
    }

    @Override
    public void chunks(ByteBuf chunks) {
        answer().chunks(chunks);
    }

    @Override
    public void end(HeadFields trailers) {
        answer().end(trailers);
        ended();
    }

    @Override
    public void reply(Reply reply, byte[] lines) {
        closing |= draining || phase == Phase.LENGTH || phase == Phase.CHUNKED;
        answer().reply(reply, lines, head.isHttp11(), closing, head.method() != RequestMethod.HEAD);
        ended();
    }

    /** The answer is complete. */
    private void ended() {
        boolean allCame = phase == Phase.ANSWER;
        if (phase == Phase.TUNNEL) {
            closeAfterFlush();
        } else if (closing || !allCame) {
            linger(allCame);
        } else {
            phase = Phase.HEAD;
            text.clear();
            head.begin(0, true);
            long millis = draining ? LAST_REQUEST_MILLIS : settings.keepAliveMillis();
            deadline.set(worker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
            if (!processing && held.isReadable()) {
                process();
            } else if (!processing) {
                reading(true);
            }
        }
    }

    private void closeAfterFlush() {
        phase = Phase.LINGER;
        answer().writeHead();
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Ends our side. If the client is still sending, its side is read to the end, so that no reset is sent. */
    private void linger(boolean allCame) {
        if (allCame && !held.isReadable()) {
            closeAfterFlush();
            return;
        }
        phase = Phase.LINGER;
        answer().writeHead();
        deadline.set(worker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.lingerMillis()));
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> shutdownOutput());
        if (!processing) {
            process();
        }
    }

    private void shutdownOutput() {
        SslHandler tls = context().pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (context().channel() instanceof SocketChannel socket) {
            socket.shutdownOutput();
        }
    }

    @Override
    public void abort() {
        phase = Phase.LINGER;
        answer().release();
        context().close();
    }

    @Override
    public void flush() {
        if (!inRead) {
            answer().writeHead();
            context().flush();
        }
    }

    @Override
    public boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (isWritable()) {
            exchange.resumeAnswer();
        }
    }

    // The end.

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Drain.BEGUN) {
            boolean first = !draining;
            draining = true;
            if (first && phase == Phase.HEAD && text.isEmpty()) {
                deadline.set(worker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_REQUEST_MILLIS));
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void waitedTooLong() {
        if (phase == Phase.HEAD && !text.isEmpty()) {
            closing = true;
            phase = Phase.ANSWER;
            exchange.refuse(head, Replies.SLOW_CLIENT);
        } else if (phase == Phase.HEAD || phase == Phase.LINGER) {
            context().close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        exchange.close();
        deadline.end();
        held.release();
        held = Unpooled.EMPTY_BUFFER;
        answer().release();
    }

    /** A reset, or a failed write: the end of the connection follows. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
