package io.fairlead.ingress.proxy;

import io.fairlead.ingress.accesslog.WorkerLog;
import io.fairlead.ingress.loop.Deadline;
import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.proxy.http1.ForwardedHead;
import io.fairlead.ingress.proxy.http1.Framing;
import io.fairlead.ingress.proxy.http1.HeadEdits;
import io.fairlead.ingress.proxy.http1.HeadFault;
import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.proxy.http1.RequestHead;
import io.fairlead.ingress.proxy.http1.ResponseHead;
import io.fairlead.ingress.route.request.PathVerdict;
import io.fairlead.ingress.route.request.RequestHost;
import io.fairlead.ingress.upstream.AnswerReceiver;
import io.fairlead.ingress.upstream.Backend;
import io.fairlead.ingress.upstream.Sessions;
import io.fairlead.ingress.upstream.Upstream;
import io.fairlead.ingress.upstream.UpstreamFault;
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

    private static final byte[] NOTHING = {};

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
    private final Client client;
    private final Downstream downstream;
    private final Deadline idle;
    private final Deadline limit;
    private final RequestOrigin origin;
    private final RequestTarget asked = new RequestTarget();
    private final ForwardedRequest forwarded;
    private final Attempts attempts;
    private final RequestTally tally;

    @Nullable
    private final WorkerLog log;

    private State state = State.ENDED;

    @Nullable
    private RequestHead request;

    @Nullable
    private PreparedRoute route;

    @Nullable
    private ForwardTarget target;

    /** To which the request belongs. */
    private Sessions.@Nullable Session session;

    private boolean tunnels;
    private long idleNanos;

    Exchange(Exchanges shared, Downstream downstream) {
        worker = shared.worker();
        routings = shared.routings();
        client = shared.client();
        this.downstream = downstream;
        origin = new RequestOrigin(client, shared.settings().trusted());
        forwarded = new ForwardedRequest(origin, asked);
        attempts = new Attempts(worker, shared.upstreams(), forwarded, this);
        tally = new RequestTally(worker);
        log = shared.log().orElse(null);
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
        tunnels = false;
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
        switch (found.actionFor(origin.secure())) {
            case ForwardTarget forward -> forward(forward, head);
            case RedirectTarget redirect -> redirect(redirect, head, hostEnd);
            case Reply reply -> reply(reply);
        }
    }

    private void start(RequestHead head) {
        request = head;
        target = null;
        tally.begin();
        origin.begin(head.fault() == HeadFault.NONE ? head.fields() : HeadFields.NONE);
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
        byte[] location = redirect.location(origin.secure(), host, origin.port(), asked.path(), asked.hasPath());
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
        SessionCookie cookie = forward.session();
        session = cookie == null
                ? null
                : cookie.find(head.fields(), forward.group().sessions());
        attempts.begin(forward, head.framing() == Framing.NONE || head.fields().contentLength() == 0);
        connecting();
        if (!attempts.first(session == null ? null : session.backend())) {
            nobodyThere();
        }
    }

    // The attempts.

    private void connecting() {
        state = State.CONNECTING;
        touch();
    }

    private void nobodyThere() {
        reply(Replies.of(target().group().absence()));
    }

    private ForwardTarget target() {
        if (target == null) {
            throw new IllegalStateException("the request is not forwarded");
        }
        return target;
    }

    @Override
    public void onUpstream(Upstream connected) {
        state = State.SENT;
        touch();
        // Within begin, what follows the head is read next, and flushed then.
        if (attempts.connected(connected)) {
            downstream.resume();
            attempts.flush();
        }
    }

    @Override
    public void onBroken(UpstreamFault fault) {
        if (state == State.ANSWERING) {
            ended();
            downstream.abort();
        } else if (attempts.mayFollow(fault)) {
            again(fault);
        } else {
            reply(fault == UpstreamFault.CONNECT ? Replies.UNREACHABLE : Replies.BAD_GATEWAY);
        }
    }

    private void again(UpstreamFault fault) {
        connecting();
        if (!attempts.next(fault)) {
            nobodyThere();
        } else if (attempts.isConnected()) {
            downstream.resume();
            attempts.flush();
        }
    }

    // The request's content.

    /** Hot path: whether {@link #content} and {@link #requestChunks} may be called. */
    boolean takesContent() {
        return attempts.isWritable() && (tunnels || !forwarded.upgrades());
    }

    boolean takesRequestChunks() {
        return attempts.takesChunks();
    }

    /** Hot path: a piece of the request's content, or of another protocol after an upgrade; released here. */
    void content(ByteBuf content) {
        sending(content);
        attempts.content(content);
    }

    /** Hot path: a piece of chunked content with its framing; released here. */
    void requestChunks(ByteBuf chunks) {
        sending(chunks);
        attempts.chunks(chunks);
    }

    private void sending(ByteBuf content) {
        tally.requested(content.readableBytes());
        touch();
    }

    /** Whether the route wants no content of this length. */
    boolean exceeds(long bytes) {
        long max = target == null ? 0 : target.policy().bodyBytesMax();
        return max > 0 && bytes > max;
    }

    /** The request's content turned out to be too long, or broken; no more of it comes. */
    void refuseContent(Reply reply) {
        attempts.cancel();
        if (state == State.ANSWERING) {
            ended();
            downstream.abort();
        } else {
            reply(reply);
        }
    }

    /** Hot path: the request's content is complete. */
    void requestEnd(HeadFields trailers) {
        attempts.end(trailers);
    }

    /** Whether all of the request came. */
    boolean isRequestEnded() {
        return attempts.isRequestEnded();
    }

    void flushRequest() {
        attempts.flush();
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
        if (attempts.mayFollow(head.status())) {
            attempts.drop();
            again(UpstreamFault.NO_ANSWER);
            return;
        }
        attempts.answered();
        touch();
        state = State.ANSWERING;
        tally.status(head.status());
        tunnels = forwarded.upgrades() && head.upgradeField() >= 0;
        target().answerEdits().dropOthers(head.fields());
        downstream.head(head);
        if (tunnels) {
            downstream.resume();
        } else if (forwarded.upgrades()) {
            attempts.end(HeadFields.NONE);
        }
    }

    /** Hot path: writes status line and fields of an answer's head, but neither framing nor its end. */
    void writeAnswer(ByteBuf out, ResponseHead head) {
        HeadEdits edits = target().answerEdits();
        ForwardedHead.response(out, head);
        ForwardedHead.fields(out, head.fields(), edits.known());
        edits.writeLines(out);
        bind(out);
        if (tunnels) {
            ForwardedHead.upgrade(out, head.fields(), head.upgradeField());
        }
    }

    /** Tells the client which endpoint answered, unless it knows. */
    private void bind(ByteBuf out) {
        SessionCookie cookie = target().session();
        Backend answering = attempts.backend();
        if (cookie != null && answering != null) {
            boolean knows = session != null && session.backend() == answering && session.isNewest();
            if (!knows) {
                cookie.write(out, target().group().sessions(), answering, origin.secure());
            }
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
        if (!downstream.isWritable()) {
            // Mostly it waits for nothing but to be sent; not to read costs two system calls and another round.
            downstream.flush();
            attempts.reading(downstream.isWritable());
        }
    }

    /** The client takes content again. */
    void resumeAnswer() {
        touch();
        attempts.reading(true);
    }

    @Override
    public void onEnd(HeadFields trailers) {
        ended();
        downstream.end(trailers);
    }

    @Override
    public void onReadComplete() {
        downstream.flush();
    }

    private void reply(Reply reply) {
        answer(reply, NOTHING);
    }

    private void answer(Reply reply, byte[] lines) {
        tally.status(reply.status());
        ended();
        downstream.reply(reply, lines);
        downstream.flush();
    }

    // The end.

    private void ended() {
        if (route != null && tally.end(route) && log != null) {
            log(log, route);
        }
        state = State.ENDED;
        attempts.ended();
        idle.clear();
        limit.clear();
    }

    private void log(WorkerLog to, PreparedRoute by) {
        RequestHead head = request();
        Backend answering = attempts.backend();
        boolean sound = head.fault() == HeadFault.NONE;
        to.entry()
                .request(sound ? head : null, downstream.protocol(), origin.secure())
                .by(origin.address(), origin.addressLength())
                .number(forwarded.id(), target == null ? 0 : forwarded.idLength())
                .forwarded(
                        by.stats().label(),
                        answering == null ? NOTHING : answering.text(),
                        target == null ? 0 : attempts.repeated());
        tally.fill(to.entry());
        to.write();
    }

    /** The client is gone. */
    void cancel() {
        if (state != State.ANSWERING) {
            tally.status(CLIENT_GONE);
        }
        attempts.cancel();
        ended();
    }

    /** Something moved. */
    private void touch() {
        idle.set(worker.nanoTime() + idleNanos);
    }

    private void idled() {
        if (state == State.SENT && !attempts.isRequestEnded() && attempts.isWritable()) {
            timedOut(Replies.SLOW_CLIENT);
        } else if (state == State.SENT && attempts.mayFollowSilence()) {
            attempts.drop();
            again(UpstreamFault.NO_ANSWER);
        } else {
            timedOut(Replies.SLOW_BACKEND);
        }
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
