package io.fairlead.ingress.program;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The moment from which on clients are served: when routes are in force and all is known that they need, or a while after
 * the routes if something stays unknown. A Secret that nobody delivers must not close the hosts of everybody.
 *
 * <p>Thread-safe.
 */
final class Opening {

    private static final Logger LOG = System.getLogger(Opening.class.getName());

    private final Duration patience;
    private final Runnable open;
    private final CountDownLatch known = new CountDownLatch(1);
    private final AtomicBoolean begun = new AtomicBoolean();

    /**
     * @param patience after which it opens with what there is
     * @param open called once, by a thread of its own
     */
    Opening(Duration patience, Runnable open) {
        this.patience = patience;
        this.open = open;
    }

    /**
     * Routes are in force.
     *
     * @param complete whether all is known that they need
     */
    void routed(boolean complete) {
        if (complete) {
            known.countDown();
        }
        if (begun.compareAndSet(false, true)) {
            Thread.ofVirtual().name("opening").start(this::await);
        }
    }

    private void await() {
        try {
            if (!known.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(
                        Level.WARNING,
                        "not all Secrets of Ingresses are known after {0} s: their hosts are served with the default certificate",
                        patience.toSeconds());
            }
            open.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
