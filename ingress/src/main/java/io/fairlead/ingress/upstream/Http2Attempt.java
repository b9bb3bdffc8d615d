package io.fairlead.ingress.upstream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to connect by HTTP/2, for as many requests as the connection will carry.
 *
 * <p>Confined to the event loop's thread of its worker.
 */
final class Http2Attempt implements Upstreams.Waiting {

    private final Http2BackendLink link;
    private final BackendPool pool;
    private final int waitersMax;
    private final List<Waiter> waiters = new ArrayList<>();

    Http2Attempt(Http2BackendLink link, BackendPool pool, int waitersMax) {
        this.link = link;
        this.pool = pool;
        this.waitersMax = waitersMax;
    }

    private static final class Waiter implements Upstreams.Connecting {

        @Nullable
        private AnswerReceiver receiver;

        Waiter(AnswerReceiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void cancel() {
            receiver = null;
        }
    }

    boolean hasRoom() {
        return waiters.size() < waitersMax;
    }

    Upstreams.Connecting join(AnswerReceiver receiver) {
        Waiter waiter = new Waiter(receiver);
        waiters.add(waiter);
        pool.began();
        return waiter;
    }

    @Override
    public void connected() {
        pool.http2().end(this);
        link.stands();
        for (Waiter waiter : waiters) {
            pool.ended();
            AnswerReceiver receiver = waiter.receiver;
            if (receiver != null) {
                receiver.onUpstream(link.claim(receiver));
            }
        }
    }

    @Override
    public void failed() {
        pool.http2().end(this);
        for (Waiter waiter : waiters) {
            pool.ended();
            AnswerReceiver receiver = waiter.receiver;
            if (receiver != null) {
                receiver.onBroken(UpstreamFault.CONNECT);
            }
        }
    }
}
