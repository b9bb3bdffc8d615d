package io.fairlead.kernel.route;

import io.fairlead.kernel.netlink.NetlinkMessage;
import io.fairlead.kernel.netlink.NetlinkMonitor;
import io.fairlead.kernel.netlink.NetlinkProtocol;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * News of links, addresses and routes of one network namespace.
 *
 * <p>Open it, read the present state with {@link RouteNetlink}, then {@link #run()}: what happened in between is
 * delivered too, so nothing is missed.
 *
 * <p>Thread-safe: {@link #run()} belongs to one thread, {@link #close()} may be called from any.
 */
public final class RouteMonitor implements Runnable, AutoCloseable {

    /** What can be listened to. */
    public enum Topic {
        LINKS(1),
        ADDRESSES(5, 9),
        ROUTES(7, 11);

        /** RTNLGRP_*, for IPv4 and IPv6. */
        @SuppressWarnings("ImmutableEnumChecker") // never changed, never handed out
        private final int[] groups;

        Topic(int... groups) {
            this.groups = groups;
        }
    }

    /** Called on the thread that runs the monitor. */
    public interface Listener {
        void changed(RouteChange change);

        /** Changes were lost: what was built from them must be read again, then nothing is missed. */
        void lost();
    }

    private final NetlinkMonitor monitor;

    private RouteMonitor(NetlinkMonitor monitor) {
        this.monitor = monitor;
    }

    /**
     * Subscribes in the network namespace of the calling thread.
     *
     * @throws io.fairlead.kernel.KernelException if the kernel refuses
     */
    public static RouteMonitor open(Set<Topic> topics, Listener listener) {
        int[] groups = topics.stream()
                .flatMapToInt(topic -> Arrays.stream(topic.groups))
                .toArray();
        return new RouteMonitor(NetlinkMonitor.open(NetlinkProtocol.ROUTE, new Decoding(listener), groups));
    }

    /** Delivers changes until {@link #close()}. */
    @Override
    public void run() {
        monitor.run();
    }

    /** Ends {@link #run()} soon, without waiting for it. */
    @Override
    public void close() {
        monitor.close();
    }

    private record Decoding(Listener listener, RouteDecoder decoder) implements NetlinkMonitor.Listener {

        Decoding(Listener listener) {
            this(listener, new RouteDecoder());
        }

        @Override
        public void message(NetlinkMessage message) {
            decode(message).ifPresent(listener::changed);
        }

        @Override
        public void lost() {
            listener.lost();
        }

        private Optional<RouteChange> decode(NetlinkMessage message) {
            return switch (message.type()) {
                case Rtnetlink.NEWLINK -> decoder.link(message).map(RouteChange.LinkSet::new);
                case Rtnetlink.DELLINK -> decoder.link(message).map(RouteChange.LinkRemoved::new);
                case Rtnetlink.NEWADDR -> decoder.address(message).map(RouteChange.AddressSet::new);
                case Rtnetlink.DELADDR -> decoder.address(message).map(RouteChange.AddressRemoved::new);
                case Rtnetlink.NEWROUTE -> decoder.route(message).map(RouteChange.RouteSet::new);
                case Rtnetlink.DELROUTE -> decoder.route(message).map(RouteChange.RouteRemoved::new);
                default -> Optional.empty();
            };
        }
    }
}
