package io.fairlead.ingress.proxy;

import io.fairlead.ingress.loop.Worker;
import io.fairlead.ingress.proxy.http1.HeadFields;
import io.fairlead.ingress.route.policy.RetryPolicy;
import io.fairlead.ingress.upstream.AnswerReceiver;
import io.fairlead.ingress.upstream.Backend;
import io.fairlead.ingress.upstream.Upstream;
import io.fairlead.ingress.upstream.UpstreamFault;
import io.fairlead.ingress.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to backends: one attempt, and further ones where it failed and may be sent again. The answer is
 * its receiver's, and so is the decision whether a failure ends the request.
 *
 * <p>Hot path: allocates nothing for an attempt that succeeds.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class Attempts {

    private final Worker worker;
    private final Upstreams upstreams;
    private final ForwardedRequest request;
    private final AnswerReceiver receiver;
    private final Retries retries = new Retries();
    private final KeptContent kept = new KeptContent();

    @Nullable
    private ForwardTarget target;

    @Nullable
    private Backend backend;

    @Nullable
    private Upstream upstream;

    private Upstreams.@Nullable Connecting connecting;

    private boolean acquiring;
    private boolean requestEnded;
    private boolean repeatable;

    Attempts(Worker worker, Upstreams upstreams, ForwardedRequest request, AnswerReceiver receiver) {
        this.worker = worker;
        this.upstreams = upstreams;
        this.request = request;
        this.receiver = receiver;
    }

    /**
     * Begins with another request.
     *
     * @param ended whether it has no content
     */
    void begin(ForwardTarget to, boolean ended) {
        target = to;
        requestEnded = ended;
        retries.begin();
        repeatable = retries.mayRepeat(to.policy().retry(), request.method());
        // A backend of HTTP/2 may say that it did not begin to act on a request, whatever its method.
        kept.begin(!ended && (repeatable || to.group().connection().protocol().http2()));
    }

    private ForwardTarget target() {
        if (target == null) {
            throw new IllegalStateException("the request is not forwarded");
        }
        return target;
    }

    /**
     * Hot path: the first attempt. The receiver hears of a connection, perhaps at once.
     *
     * @param wanted the endpoint to send it to; null to choose one
     * @return whether there is anybody to send it to
     */
    boolean first(@Nullable Backend wanted) {
        return attempt(wanted != null ? wanted : choose(null), false);
    }

    /** Another attempt, after one that {@link #mayFollow}. */
    boolean next(UpstreamFault fault) {
        boolean stale = fault == UpstreamFault.STALE;
        return attempt(choose(stale ? null : backend), stale);
    }

    @Nullable
    private Backend choose(@Nullable Backend avoid) {
        return target().group().choose(worker, target().policy().balancing().algorithm(), avoid);
    }

    /** @param fresh whether no connection is taken that waited */
    private boolean attempt(@Nullable Backend chosen, boolean fresh) {
        backend = chosen;
        if (chosen == null) {
            return false;
        }
        acquiring = true;
        Upstream ready = fresh ? null : upstreams.idle(chosen, receiver, !repeatable);
        if (ready != null) {
            receiver.onUpstream(ready);
        } else {
            connecting =
                    upstreams.connect(chosen, (int) target().policy().timeouts().connectMillis(), receiver);
        }
        acquiring = false;
        return true;
    }

    /**
     * There is a connection: sends what there is of the request.
     *
     * @return whether it is to be flushed, and more may be read; within {@link #first} that comes by itself
     */
    boolean connected(Upstream to) {
        connecting = null;
        upstream = to;
        to.send(request);
        kept.replay(to);
        if (requestEnded && !request.upgrades()) {
            to.end(HeadFields.NONE);
        }
        return !acquiring;
    }

    /** Whether another attempt may follow one that failed; then it counts. */
    boolean mayFollow(UpstreamFault fault) {
        connecting = null;
        upstream = null;
        return retries.take(fault, policy(), request.method(), kept.isComplete());
    }

    /** Whether another attempt may follow one that was answered with this status; then it counts. */
    boolean mayFollow(int status) {
        return policy().retries(status) && retries.takeAnswered(policy(), request.method(), kept.isComplete());
    }

    /** Whether another attempt may follow one that is not answered in time; then it counts. */
    boolean mayFollowSilence() {
        return policy().on().contains(RetryPolicy.Failure.TIMEOUT)
                && retries.takeAnswered(policy(), request.method(), kept.isComplete());
    }

    private RetryPolicy policy() {
        return target().policy().retry();
    }

    /** The endpoint of the last attempt; null if there was none. */
    @Nullable
    Backend backend() {
        return backend;
    }

    /** Attempts after the first one. */
    int repeated() {
        return retries.count();
    }

    boolean isConnected() {
        return upstream != null;
    }

    // What is sent.

    /** Hot path: whether {@link #content} and {@link #chunks} may be called. */
    boolean isWritable() {
        return upstream != null && upstream.isWritable();
    }

    /** Hot path: whether {@link #chunks} may be called instead of {@link #content}. */
    boolean takesChunks() {
        return upstream != null && upstream.takesChunks();
    }

    /** Hot path: a piece of the request's content; released here. */
    void content(ByteBuf content) {
        if (upstream == null) {
            content.release();
        } else {
            kept.add(content, false);
            upstream.content(content);
        }
    }

    /** Hot path: a piece of chunked content with its framing; released here. */
    void chunks(ByteBuf chunks) {
        if (upstream == null) {
            chunks.release();
        } else {
            kept.add(chunks, true);
            upstream.chunks(chunks);
        }
    }

    /** Hot path: the content is complete. */
    void end(HeadFields trailers) {
        requestEnded = true;
        if (trailers.count() > 0) {
            kept.forget();
        }
        if (upstream != null) {
            upstream.end(trailers);
        }
    }

    boolean isRequestEnded() {
        return requestEnded;
    }

    void flush() {
        if (upstream != null) {
            upstream.flush();
        }
    }

    // What is answered.

    /** Hot path: an answer is there that goes to the client: the request is not sent again. */
    void answered() {
        kept.clear();
    }

    /** Whether the answer is read on. */
    void reading(boolean wanted) {
        if (upstream != null) {
            upstream.reading(wanted);
        }
    }

    /** Hot path: the answer is complete; the connection is somebody else's. */
    void ended() {
        kept.clear();
        upstream = null;
        backend = null;
    }

    /** Gives up what is under way; the receiver hears nothing more of it. */
    void cancel() {
        kept.clear();
        drop();
    }

    /** Gives up the attempt under way, for another one to follow. */
    void drop() {
        if (connecting != null) {
            connecting.cancel();
            connecting = null;
        }
        if (upstream != null) {
            upstream.cancel();
            upstream = null;
        }
    }
}
