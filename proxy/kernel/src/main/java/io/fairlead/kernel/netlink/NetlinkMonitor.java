package io.fairlead.kernel.netlink;

/**
 * Listens to notifications on a thread of the caller's choice until it is closed.
 *
 * <p>Thread-safe: {@link #run()} belongs to one thread, {@link #close()} may be called from any.
 */
public final class NetlinkMonitor implements Runnable, AutoCloseable {

    /** Called on the thread that runs the monitor. */
    public interface Listener {
        /** A notification; valid only during the call. */
        void message(NetlinkMessage message);

        /**
         * Notifications were lost (ENOBUFS): everything that was built from them must be read again. What happens from
         * this call on is delivered.
         */
        void lost();
    }

    private final NetlinkSocket socket;
    private final Listener listener;
    private boolean running;
    private boolean closed;

    private NetlinkMonitor(NetlinkSocket socket, Listener listener) {
        this.socket = socket;
        this.listener = listener;
    }

    /**
     * Subscribes in the network namespace of the calling thread. What happens from now on is kept until
     * {@link #run()}, so that reading the present state after this call misses nothing.
     *
     * @param groups group numbers, see {@link NetlinkSocket#subscribe}
     */
    public static NetlinkMonitor open(NetlinkProtocol protocol, Listener listener, int... groups) {
        NetlinkSocket socket = NetlinkSocket.open(protocol);
        try {
            for (int group : groups) {
                socket.subscribe(group);
            }
            return new NetlinkMonitor(socket, listener);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Delivers notifications until {@link #close()}. */
    @Override
    public void run() {
        synchronized (this) {
            if (closed || running) {
                return;
            }
            running = true;
        }
        try {
            NetlinkMessage message = new NetlinkMessage();
            while (!closed()) {
                switch (socket.receive(message, -1)) {
                    case MESSAGES -> {
                        while (message.next()) {
                            listener.message(message);
                        }
                    }
                    case LOST -> {
                        drain(message);
                        listener.lost();
                    }
                    case WOKEN, TIMEOUT -> {}
                }
            }
        } finally {
            synchronized (this) {
                closed = true;
                socket.close();
            }
        }
    }

    /**
     * Empties the queue. From the loss until then the kernel drops everything, and says so only once
     * (netlink_overrun in net/netlink/af_netlink.c): whoever reads the present state earlier misses what follows.
     */
    private void drain(NetlinkMessage message) {
        NetlinkSocket.Received received = NetlinkSocket.Received.LOST;
        while (received == NetlinkSocket.Received.LOST || received == NetlinkSocket.Received.MESSAGES) {
            received = closed() ? NetlinkSocket.Received.WOKEN : socket.receive(message, 0);
        }
    }

    private synchronized boolean closed() {
        return closed;
    }

    /** Ends {@link #run()} soon, without waiting for it. */
    @Override
    public synchronized void close() {
        closed = true;
        if (running) {
            socket.wakeup();
        } else {
            socket.close();
        }
    }
}
