package io.fairlead.ingress.upstream;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to connect by HTTP/2, for as many requests as the connection will carry.
 *
 * <p>Confined to the event loop's thread of its worker.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a connection that is closed.
final class Http2Attempt implements ChannelFutureListener {

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
    public void operationComplete(ChannelFuture done) {
        pool.http2().end(this);
        if (done.isSuccess()) {
            link.stands();
        }
        for (Waiter waiter : waiters) {
            pool.ended();
            AnswerReceiver receiver = waiter.receiver;
            if (receiver != null && done.isSuccess()) {
                receiver.onUpstream(link.claim(receiver));
            } else if (receiver != null) {
                receiver.onBroken(UpstreamFault.CONNECT);
            }
        }
    }
}
