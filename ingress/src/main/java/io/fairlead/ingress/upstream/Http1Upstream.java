package io.fairlead.ingress.upstream;

import io.fairlead.ingress.loop.Deadline;
import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.proxy.http1.ChunkFrames;
import io.fairlead.ingress.proxy.http1.ChunkScanner;
import io.fairlead.ingress.proxy.http1.Framing;
import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.HeadText;
import io.fairlead.ingress.proxy.http1.Progress;
import io.fairlead.ingress.proxy.http1.RequestMethod;
import io.fairlead.ingress.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/1.1 to a backend (RFC 9112), which carries one request after the other.
 *
 * <p>Hot path: nothing is allocated for a request but what is sent; content passes in the buffers in which it came.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails is an exception of the connection.
final class Http1Upstream extends ChannelInboundHandlerAdapter implements Upstream {

    private enum State {
        /** Waits for a request: nothing may come. */
        IDLE,
        HEAD,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE,
        /** Another protocol than HTTP is spoken. */
        TUNNEL,
        CLOSED
    }

    private static final int FIRST_HEAD_BYTES = 1024;

    /** A backend that sends more answers before the answer than this is not waiting for anybody. */
    private static final int INFORMATIONAL_MAX = 16;

    private final Worker worker;
    private final BackendPool pool;
    private final UpstreamSettings settings;
    private final ResponseHead head;
    private final HeadText text = new HeadText();
    private final ChunkScanner chunks = new ChunkScanner();
    private final Deadline deadline;

    private State state = State.IDLE;

    @Nullable
    private ChannelHandlerContext context;

    @Nullable
    private AnswerReceiver receiver;

    /** Who heard something since bytes began to come. */
    @Nullable
    private AnswerReceiver touched;

    private RequestMethod method = RequestMethod.OTHER;
    private Framing requestFraming = Framing.NONE;
    private boolean requestEnded = true;
    private boolean passedChunks;
    private boolean used;
    private long left;
    private long idleSinceNanos;
    private int informational;

    Http1Upstream(Worker worker, BackendPool pool, UpstreamSettings settings) {
        this.worker = worker;
        this.pool = pool;
        this.settings = settings;
        head = new ResponseHead(settings.headLimits());
        deadline = worker.deadline(this::close);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("a connection is used before it stands");
        }
        return context;
    }

    /** When its last answer ended. */
    long idleSinceNanos() {
        return idleSinceNanos;
    }

    /** Hot path: it is this receiver's until the answer ends. */
    void claim(AnswerReceiver by) {
        receiver = by;
        deadline.clear();
        pool.began();
    }

    @Override
    public void send(RequestForm request) {
        method = request.method();
        requestFraming = request.framing();
        requestEnded = false;
        passedChunks = false;
        state = State.HEAD;
        informational = 0;
        text.clear();
        head.begin(0, method);
        ByteBuf out = context().alloc().buffer(FIRST_HEAD_BYTES);
        request.write(out);
        write(out);
    }

    private void write(ByteBuf out) {
        context().write(out, context().voidPromise());
    }

    @Override
    public boolean takesChunks() {
        return requestFraming == Framing.CHUNKED && state != State.TUNNEL;
    }

    @Override
    public void content(ByteBuf content) {
        if (takesChunks()) {
            ChunkFrames.write(context(), content);
        } else {
            write(content);
        }
    }

    @Override
    public void chunks(ByteBuf framed) {
        passedChunks = true;
        write(framed);
    }

    @Override
    public void end(HeadFields trailers) {
        requestEnded = true;
        if (takesChunks() && (!passedChunks || trailers.count() > 0)) {
            ByteBuf out = context().alloc().buffer();
            if (passedChunks) {
                ChunkFrames.trailers(out, trailers);
            } else {
                ChunkFrames.last(out, trailers);
            }
            write(out);
        }
    }

    @Override
    public void flush() {
        context().flush();
    }

    @Override
    public boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public void reading(boolean wanted) {
        if (context().channel().config().isAutoRead() != wanted) {
            context().channel().config().setAutoRead(wanted);
        }
    }

    @Override
    public void cancel() {
        if (receiver != null) {
            receiver = null;
            pool.ended();
        }
        state = State.CLOSED;
        close();
    }

    /** Also of one that never stood. */
    void close() {
        if (context != null) {
            context.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        touched = receiver;
        while (in.isReadable() && state != State.CLOSED) {
            switch (state) {
                case IDLE -> broken(UpstreamFault.BAD_ANSWER);
                case HEAD -> readHead(in);
                case LENGTH -> readLength(in);
                case CHUNKED -> readChunks(in);
                case UNTIL_CLOSE, TUNNEL -> receiver().onContent(in.readRetainedSlice(in.readableBytes()));
                case CLOSED -> {}
            }
        }
        in.release();
    }

    private AnswerReceiver receiver() {
        if (receiver == null) {
            throw new IllegalStateException("nobody waits for an answer in state " + state);
        }
        return receiver;
    }

    private void readHead(ByteBuf in) {
        Progress progress = text.read(in, head);
        if (progress == Progress.REFUSED) {
            broken(UpstreamFault.BAD_ANSWER);
        } else if (progress == Progress.COMPLETE) {
            headEnded(in);
        }
    }

    private void headEnded(ByteBuf in) {
        if (head.informational()) {
            if (++informational > INFORMATIONAL_MAX) {
                broken(UpstreamFault.BAD_ANSWER);
                return;
            }
            receiver().onInformational(head);
            text.clear();
            head.begin(0, method);
            return;
        }
        switch (head.framing()) {
            case NONE -> state = head.upgradeField() >= 0 ? State.TUNNEL : State.IDLE;
            case LENGTH -> {
                left = head.fields().contentLength();
                state = left > 0 ? State.LENGTH : State.IDLE;
            }
            case CHUNKED -> {
                chunks.begin();
                state = State.CHUNKED;
            }
            case UNTIL_CLOSE -> state = State.UNTIL_CLOSE;
        }
        receiver().onHead(head);
        // Unless the receiver had enough and cancelled.
        if (state == State.IDLE) {
            ended(in, HeadFields.NONE);
        }
    }

    private void readLength(ByteBuf in) {
        int taken = (int) Math.min(left, in.readableBytes());
        left -= taken;
        receiver().onContent(in.readRetainedSlice(taken));
        if (left == 0 && state == State.LENGTH) {
            ended(in, HeadFields.NONE);
        }
    }

    private void readChunks(ByteBuf in) {
        if (receiver().takesChunks()) {
            int from = in.readerIndex();
            int to = chunks.scan(in, from, in.writerIndex());
            int passed = chunks.passEnd() - from;
            if (passed > 0 && chunks.progress() != Progress.REFUSED) {
                receiver().onChunks(in.retainedSlice(from, passed));
            }
            in.readerIndex(to);
        } else {
            int from = in.readerIndex();
            int to = chunks.step(in, from, in.writerIndex());
            in.readerIndex(to);
            if (chunks.piece() == ChunkScanner.Piece.DATA && to > from) {
                receiver().onContent(in.retainedSlice(from, to - from));
            }
        }
        if (state != State.CHUNKED) {
            return;
        }
        switch (chunks.progress()) {
            case MORE -> {}
            case COMPLETE -> ended(in, chunks.hasTrailers() ? chunks.trailers() : HeadFields.NONE);
            case REFUSED -> broken(UpstreamFault.BAD_ANSWER);
        }
    }

    /** The connection is free before the receiver hears it: the receiver's next request may take it. */
    private void ended(ByteBuf in, HeadFields trailers) {
        AnswerReceiver asked = receiver();
        receiver = null;
        used = true;
        pool.ended();
        // Unasked bytes behind an answer are somebody's attempt to have them taken for the next answer.
        boolean keeps = requestEnded
                && head.persistent()
                && !in.isReadable()
                && !pool.backend().isGone();
        if (keeps && pool.idleCount() < settings.idlePerBackendMax()) {
            state = State.IDLE;
            reading(true);
            idleSinceNanos = worker.nanoTime();
            deadline.set(idleSinceNanos + TimeUnit.MILLISECONDS.toNanos(settings.idleMillis()));
            pool.keep(this);
        } else {
            state = State.CLOSED;
            close();
        }
        asked.onEnd(trailers);
    }

    private void broken(UpstreamFault fault) {
        boolean idle = state == State.IDLE && receiver == null;
        AnswerReceiver asked = receiver;
        receiver = null;
        state = State.CLOSED;
        if (idle) {
            pool.forget(this);
        }
        close();
        if (asked != null) {
            pool.ended();
            asked.onBroken(fault);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        AnswerReceiver heard = touched;
        touched = null;
        if (heard != null) {
            heard.onReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (receiver != null && isWritable()) {
            receiver.onWritable();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline.end();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        switch (state) {
            case UNTIL_CLOSE, TUNNEL -> endedByClose();
            case HEAD -> broken(text.isEmpty() && informational == 0 ? unanswered() : UpstreamFault.CUT_OFF);
            case IDLE, LENGTH, CHUNKED -> broken(UpstreamFault.CUT_OFF);
            case CLOSED -> {}
        }
    }

    private UpstreamFault unanswered() {
        return used ? UpstreamFault.STALE : UpstreamFault.NO_ANSWER;
    }

    private void endedByClose() {
        state = State.CLOSED;
        AnswerReceiver asked = receiver;
        receiver = null;
        if (asked != null) {
            pool.ended();
            asked.onEnd(HeadFields.NONE);
            asked.onReadComplete();
        }
    }

    /** A reset, or a failed write: the end of the connection follows. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (state == State.UNTIL_CLOSE) {
            broken(UpstreamFault.CUT_OFF);
        }
        ctx.close();
    }
}
