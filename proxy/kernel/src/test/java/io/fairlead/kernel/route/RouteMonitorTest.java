package io.fairlead.kernel.route;

import static io.fairlead.kernel.route.VethPair.ip;
import static io.fairlead.kernel.route.VethPair.v6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.route.RouteMonitor.Topic;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouteMonitorTest {

    private static final int LOOPBACK = 1;

    private final NetNs inside = NetNs.anonymous();
    private final RouteNetlink route = inside.run(RouteNetlink::open);
    private final News news = new News();

    /** What the monitor told, in order. */
    private static final class News implements RouteMonitor.Listener {
        final BlockingQueue<RouteChange> changes = new LinkedBlockingQueue<>();
        final CountDownLatch lost = new CountDownLatch(1);

        @Override
        public void changed(RouteChange change) {
            changes.add(change);
        }

        @Override
        public void lost() {
            lost.countDown();
        }

        /** Passes over everything before the change that is looked for; a second is what the issue allows. */
        void await(Predicate<RouteChange> wanted) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            while (true) {
                RouteChange next = changes.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                assertTrue(next != null, "the change did not come within a second");
                if (wanted.test(next)) {
                    return;
                }
            }
        }
    }

    @AfterEach
    void close() {
        route.close();
        inside.close();
    }

    private void monitored(Set<Topic> topics, Steps steps) throws InterruptedException {
        RouteMonitor monitor = inside.run(() -> RouteMonitor.open(topics, news));
        Thread thread = Thread.ofPlatform().name("monitor").start(monitor);
        try {
            steps.run();
        } finally {
            monitor.close();
        }
        assertTrue(thread.join(Duration.ofSeconds(5)), "the monitor does not end");
    }

    @FunctionalInterface
    private interface Steps {
        void run() throws InterruptedException;
    }

    @Test
    void linkComesChangesAndGoes() throws InterruptedException {
        monitored(EnumSet.of(Topic.LINKS), () -> {
            int index = route.createBridge("br0").index();
            news.await(change -> change instanceof RouteChange.LinkSet(Link link)
                    && link.name().equals("br0")
                    && !link.isUp());
            route.setUp(index, true);
            news.await(
                    change -> change instanceof RouteChange.LinkSet(Link link) && link.index() == index && link.isUp());
            route.deleteLink("br0");
            news.await(change -> change instanceof RouteChange.LinkRemoved(Link link) && link.index() == index);
        });
    }

    @Test
    void portLeavingItsBridgeIsNoRemovedLink() throws InterruptedException {
        int bridge = route.createBridge("br0").index();
        route.setUp(bridge, true);
        int port = route.createVeth("port0", inside, "port1").index();
        route.setMaster(port, bridge);
        monitored(EnumSet.of(Topic.LINKS), () -> {
            route.setMaster(port, 0);
            route.setMtu(port, 1400);
            news.await(change -> {
                assertTrue(change instanceof RouteChange.LinkSet, change.toString());
                return change instanceof RouteChange.LinkSet(Link link) && link.index() == port && link.mtu() == 1400;
            });
        });
    }

    @Test
    void addressComesAndGoesWithinASecond() throws InterruptedException {
        LinkAddress four = LinkAddress.global(LOOPBACK, ip(10, 1, 1, 1), 32);
        LinkAddress six = LinkAddress.global(LOOPBACK, v6(1), 128);
        monitored(EnumSet.of(Topic.ADDRESSES), () -> {
            route.addAddress(four);
            news.await(change -> change instanceof RouteChange.AddressSet(LinkAddress a)
                    && a.address().equals(four.address())
                    && a.link() == LOOPBACK
                    && a.prefixLength() == 32);
            route.addAddress(six);
            news.await(change -> change instanceof RouteChange.AddressSet(LinkAddress a)
                    && a.address().equals(six.address()));
            route.removeAddress(four);
            news.await(change -> change instanceof RouteChange.AddressRemoved(LinkAddress a)
                    && a.address().equals(four.address()));
            route.removeAddress(six);
            news.await(change -> change instanceof RouteChange.AddressRemoved(LinkAddress a)
                    && a.address().equals(six.address()));
        });
    }

    @Test
    void routeComesAndGoes() throws InterruptedException {
        Route blackhole = Route.of(ip(10, 6, 0, 0), 16, new NextHop.Blackhole());
        monitored(EnumSet.of(Topic.ROUTES), () -> {
            route.addRoute(blackhole);
            news.await(new RouteChange.RouteSet(blackhole)::equals);
            route.removeRoute(blackhole);
            news.await(new RouteChange.RouteRemoved(blackhole)::equals);
        });
    }

    @Test
    void changesBetweenOpenAndRunAreDelivered() throws InterruptedException {
        RouteMonitor monitor = inside.run(() -> RouteMonitor.open(EnumSet.of(Topic.LINKS), news));
        route.createBridge("early");
        Thread thread = Thread.ofPlatform().start(monitor);
        news.await(change ->
                change instanceof RouteChange.LinkSet(Link link) && link.name().equals("early"));
        monitor.close();
        assertTrue(thread.join(Duration.ofSeconds(5)));
    }

    @Test
    void reportsALossAndMissesNothingAfterTheReport() throws InterruptedException {
        RouteMonitor monitor = inside.run(() -> RouteMonitor.open(EnumSet.of(Topic.ADDRESSES), news));
        // Nobody reads yet: the queue of 4 MB overflows.
        LinkAddress address = LinkAddress.global(LOOPBACK, ip(10, 1, 1, 1), 32);
        for (int i = 0; i < 20_000; i++) {
            route.addAddress(address);
            route.removeAddress(address);
        }
        Thread thread = Thread.ofPlatform().start(monitor);
        assertTrue(news.lost.await(5, TimeUnit.SECONDS), "the loss was not reported");
        LinkAddress later = LinkAddress.global(LOOPBACK, ip(10, 1, 1, 2), 32);
        news.changes.clear();
        route.addAddress(later);
        news.await(change -> change instanceof RouteChange.AddressSet(LinkAddress a)
                && a.address().equals(later.address()));
        monitor.close();
        assertTrue(thread.join(Duration.ofSeconds(5)));
    }

    @Test
    void closedBeforeItRanEndsAtOnce() {
        RouteMonitor monitor = inside.run(() -> RouteMonitor.open(EnumSet.allOf(Topic.class), news));
        monitor.close();
        monitor.close();
        monitor.run();
        assertEquals(0, news.changes.size());
    }
}
