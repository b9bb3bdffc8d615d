package io.fairlead.ingress.proxy;

import io.fairlead.ingress.loop.Deadline;
import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.proxy.http1.ForwardedHead;
import io.fairlead.ingress.proxy.http1.Framing;
import io.fairlead.ingress.proxy.http1.HeadEdits;
import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.RequestHead;
import io.fairlead.ingress.proxy.http1.ResponseHead;
import io.fairlead.ingress.route.request.PathVerdict;
import io.fairlead.ingress.route.request.RequestHost;
import io.fairlead.ingress.upstream.AnswerReceiver;
import io.fairlead.ingress.upstream.Backend;
import io.fairlead.ingress.upstream.Upstream;
import io.fairlead.ingress.upstream.UpstreamFault;
import io.fairlead.ingress.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The life of one request.
 *
 * <pre>
 *   begin -> route -> reply
 *               |
 *            attempt -> connected -> head, content ... end   to the backend
 *               ^           |
 *               +-- retry --+-> head, content ... end        to the client -> ended
 * </pre>
 *
 * Both directions run at once; the exchange ends with the answer. One is reused for all requests of a connection of
 * HTTP/1.1.
 *
 * <p>Hot path: allocates nothing but the buffers that are sent; the routes are read once, by {@link #begin}.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class Exchange implements AnswerReceiver {

    private static final byte[] NO_LINES = {};

    /** What nginx calls a request whose client did not wait for the answer. */
    private static final int CLIENT_GONE = 499;

    private enum State {
        /** No request, or one that was answered. */
        ENDED,
        CONNECTING,
        /** The request's head is on its way, and its content may follow. */
        SENT,
        /** The answer's head is on its way to the client. */
        ANSWERING
    }

    private final Worker worker;
    private final RoutingReference routings;
    private final Upstreams upstreams;
    private final Client client;
    private final Downstream downstream;
    private final Deadline idle;
    private final Deadline limit;
    private final RequestTarget asked = new RequestTarget();
    private final ForwardedRequest forwarded;
    private final RequestTally tally;
    private final Retries retries = new Retries();

    private State state = State.ENDED;

    @Nullable
    private RequestHead request;

    @Nullable
    private PreparedRoute route;

    @Nullable
    private ForwardTarget target;

    @Nullable
    private Backend backend;

    @Nullable
    private Upstream upstream;

    private Upstreams.@Nullable Connecting connecting;

    private boolean tunnels;
    private boolean sentContent;
    private boolean requestEnded;
    private boolean acquiring;
    private long idleNanos;

    Exchange(Worker worker, RoutingReference routings, Upstreams upstreams, Client client, Downstream downstream) {
        this.worker = worker;
        this.routings = routings;
        this.upstreams = upstreams;
        this.client = client;
        this.downstream = downstream;
        forwarded = new ForwardedRequest(client, asked);
        tally = new RequestTally(worker);
        idle = worker.deadline(this::idled);
        limit = worker.deadline(this::tookTooLong);
    }

    /** Nothing more is asked on this connection. */
    void close() {
        cancel();
        idle.end();
        limit.end();
    }

    // The request.

    /** Hot path: a request's head is complete. It stays valid until the exchange ends. */
    void begin(RequestHead head) {
        start(head);
        retries.begin();
        sentContent = false;
        tunnels = false;
        requestEnded = head.framing() == Framing.NONE || head.fields().contentLength() == 0;
        byte[] text = head.fields().text();
        int hostEnd = RequestHost.nameEnd(text, head.hostFrom(), head.hostTo());
        Routing routing = routings.current();
        route = routing.noMatch();
        if (hostEnd == RequestHost.REFUSED) {
            reply(Replies.BAD_HOST);
            return;
        }
        if (!client.answersFor(text, head.hostFrom(), hostEnd)) {
            reply(Replies.MISDIRECTED);
            return;
        }
        PathVerdict verdict = asked.read(head);
        if (verdict != PathVerdict.ACCEPTED) {
            reply(Replies.of(verdict));
            return;
        }
        PreparedRoute found =
                routing.lookup(text, head.hostFrom(), hostEnd, asked.text(), asked.from(), asked.matchedTo());
        route = found;
        switch (found.actionFor(client.secure())) {
            case ForwardTarget forward -> forward(forward, head);
            case RedirectTarget redirect -> redirect(redirect, head, hostEnd);
            case Reply reply -> reply(reply);
        }
    }

    private void start(RequestHead head) {
        request = head;
        target = null;
        tally.begin();
    }

    /** A request's head was refused; it is not to be asked for anything. */
    void refuse(RequestHead head, Reply reply) {
        start(head);
        route = routings.current().noMatch();
        reply(reply);
    }

    private RequestHead request() {
        if (request == null) {
            throw new IllegalStateException("there is no request");
        }
        return request;
    }

    private void redirect(RedirectTarget redirect, RequestHead head, int hostEnd) {
        String host =
                new String(head.fields().text(), head.hostFrom(), hostEnd - head.hostFrom(), StandardCharsets.US_ASCII);
        if (host.isEmpty()) {
            reply(Replies.BAD_HOST);
            return;
        }
        byte[] location = redirect.location(client.secure(), host, client.port(), asked.path(), asked.hasPath());
        answer(redirect.reply(), location);
    }

    private void forward(ForwardTarget forward, RequestHead head) {
        target = forward;
        long max = forward.policy().bodyBytesMax();
        if (max > 0 && head.fields().contentLength() > max) {
            reply(Replies.TOO_LARGE);
            return;
        }
        forwarded.begin(head, forward, worker);
        idleNanos = TimeUnit.MILLISECONDS.toNanos(forward.policy().timeouts().idleMillis());
        long limitMillis = forward.policy().timeouts().requestMillis();
        if (limitMillis > 0) {
            limit.set(worker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis));
        }
        attempt(null, false);
    }

    // The attempts.

    private void attempt(@Nullable Backend avoid, boolean fresh) {
        ForwardTarget forward = target();
        Backend chosen =
                forward.group().choose(worker, forward.policy().balancing().algorithm(), avoid);
        if (chosen == null) {
            reply(Replies.of(forward.group().absence()));
            return;
        }
        backend = chosen;
        state = State.CONNECTING;
        touch();
        acquiring = true;
        Upstream ready = fresh ? null : upstreams.idle(chosen, this);
        if (ready != null) {
            onUpstream(ready);
        } else {
            int timeoutMillis = (int) forward.policy().timeouts().connectMillis();
            connecting = upstreams.connect(chosen, timeoutMillis, this);
        }
        acquiring = false;
    }

    private ForwardTarget target() {
        if (target == null) {
            throw new IllegalStateException("the request is not forwarded");
        }
        return target;
    }

    @Override
    public void onUpstream(Upstream connected) {
        connecting = null;
        upstream = connected;
        state = State.SENT;
        touch();
        connected.send(forwarded);
        if (requestEnded && !forwarded.upgrades()) {
            connected.end(HeadFields.NONE);
        }
        // Within begin, what follows the head is read next, and flushed then.
        if (!acquiring) {
            downstream.resume();
            connected.flush();
        }
    }

    @Override
    public void onBroken(UpstreamFault fault) {
        connecting = null;
        upstream = null;
        if (state == State.ANSWERING) {
            ended();
            downstream.abort();
        } else if (retries.take(fault, target().policy().retry(), request().method(), sentContent)) {
            boolean stale = fault == UpstreamFault.STALE;
            attempt(stale ? null : backend, stale);
            if (upstream != null) {
                downstream.resume();
                flushRequest();
            }
        } else {
            reply(fault == UpstreamFault.CONNECT ? Replies.UNREACHABLE : Replies.BAD_GATEWAY);
        }
    }

    // The request's content.

    /** Hot path: whether {@link #content} and {@link #requestChunks} may be called. */
    boolean takesContent() {
        return upstream != null && (tunnels || !forwarded.upgrades()) && upstream.isWritable();
    }

    boolean takesRequestChunks() {
        return upstream != null && upstream.takesChunks();
    }

    /** Hot path: a piece of the request's content, or of another protocol after an upgrade; released here. */
    void content(ByteBuf content) {
        sending(content);
        if (upstream == null) {
            content.release();
        } else {
            upstream.content(content);
        }
    }

    /** Hot path: a piece of chunked content with its framing; released here. */
    void requestChunks(ByteBuf chunks) {
        sending(chunks);
        if (upstream == null) {
            chunks.release();
        } else {
            upstream.chunks(chunks);
        }
    }

    private void sending(ByteBuf content) {
        tally.requested(content.readableBytes());
        sentContent = true;
        touch();
    }

    /** Whether the route wants no content of this length. */
    boolean exceeds(long bytes) {
        long max = target == null ? 0 : target.policy().bodyBytesMax();
        return max > 0 && bytes > max;
    }

    /** The request's content turned out to be too long, or broken; no more of it comes. */
    void refuseContent(Reply reply) {
        cancelUpstream();
        if (state == State.ANSWERING) {
            ended();
            downstream.abort();
        } else {
            reply(reply);
        }
    }

    /** Hot path: the request's content is complete. */
    void requestEnd(HeadFields trailers) {
        requestEnded = true;
        if (upstream != null) {
            upstream.end(trailers);
        }
    }

    /** Whether all of the request came. */
    boolean isRequestEnded() {
        return requestEnded;
    }

    void flushRequest() {
        if (upstream != null) {
            upstream.flush();
        }
    }

    @Override
    public void onWritable() {
        downstream.resume();
        flushRequest();
    }

    // The answer.

    @Override
    public void onInformational(ResponseHead head) {
        touch();
        if (request().isHttp11()) {
            downstream.informational(head);
        }
    }

    @Override
    public void onHead(ResponseHead head) {
        touch();
        state = State.ANSWERING;
        tally.status(head.status());
        tunnels = forwarded.upgrades() && head.upgradeField() >= 0;
        target().answerEdits().dropOthers(head.fields());
        downstream.head(head);
        if (tunnels) {
            downstream.resume();
        } else if (forwarded.upgrades() && upstream != null) {
            upstream.end(HeadFields.NONE);
        }
    }

    /** Hot path: writes status line and fields of an answer's head, but neither framing nor its end. */
    void writeAnswer(ByteBuf out, ResponseHead head) {
        HeadEdits edits = target().answerEdits();
        ForwardedHead.response(out, head);
        ForwardedHead.fields(out, head.fields(), edits.known());
        edits.writeLines(out);
        if (tunnels) {
            ForwardedHead.upgrade(out, head.fields(), head.upgradeField());
        }
    }

    /** Whether another protocol than HTTP is spoken from the answer's head on. */
    boolean tunnels() {
        return tunnels;
    }

    @Override
    public boolean takesChunks() {
        return downstream.takesChunks();
    }

    @Override
    public void onContent(ByteBuf content) {
        tally.answered(content.readableBytes());
        touch();
        downstream.content(content);
        pauseAnswer();
    }

    @Override
    public void onChunks(ByteBuf chunks) {
        tally.answered(chunks.readableBytes());
        touch();
        downstream.chunks(chunks);
        pauseAnswer();
    }

    private void pauseAnswer() {
        if (upstream != null && !downstream.isWritable()) {
            upstream.reading(false);
        }
    }

    /** The client takes content again. */
    void resumeAnswer() {
        touch();
        if (upstream != null) {
            upstream.reading(true);
        }
    }

    @Override
    public void onEnd(HeadFields trailers) {
        upstream = null;
        ended();
        downstream.end(trailers);
    }

    @Override
    public void onReadComplete() {
        downstream.flush();
    }

    private void reply(Reply reply) {
        answer(reply, NO_LINES);
    }

    private void answer(Reply reply, byte[] lines) {
        tally.status(reply.status());
        ended();
        downstream.reply(reply, lines);
        downstream.flush();
    }

    // The end.

    private void ended() {
        if (route != null) {
            tally.end(route);
        }
        state = State.ENDED;
        backend = null;
        idle.clear();
        limit.clear();
    }

    /** The client is gone. */
    void cancel() {
        if (state != State.ANSWERING) {
            tally.status(CLIENT_GONE);
        }
        cancelUpstream();
        ended();
    }

    private void cancelUpstream() {
        if (connecting != null) {
            connecting.cancel();
            connecting = null;
        }
        if (upstream != null) {
            upstream.cancel();
            upstream = null;
        }
    }

    /** Something moved. */
    private void touch() {
        idle.set(worker.nanoTime() + idleNanos);
    }

    private void idled() {
        boolean clientIsSlow = state == State.SENT && !requestEnded && upstream != null && upstream.isWritable();
        timedOut(clientIsSlow ? Replies.SLOW_CLIENT : Replies.SLOW_BACKEND);
    }

    private void tookTooLong() {
        timedOut(Replies.SLOW_BACKEND);
    }

    private void timedOut(Reply reply) {
        if (state != State.ENDED) {
            refuseContent(reply);
        }
    }
}
