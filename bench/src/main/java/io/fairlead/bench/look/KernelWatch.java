package io.fairlead.bench.look;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Ipv4Address;
import io.fairlead.kernel.netlink.NetlinkMessage;
import io.fairlead.kernel.netlink.NetlinkMonitor;
import io.fairlead.kernel.netlink.NetlinkProtocol;
import io.fairlead.kernel.netns.NetNs;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Sees what a program does to nf_tables of a namespace: the kernel tells every subscriber what a transaction changed, at
 * its commit. A Pod is in the kernel when an element or a rule has its address, whatever the layout.
 *
 * <p>Thread-safe.
 */
public final class KernelWatch implements AutoCloseable {

    /** NFNLGRP_NFTABLES of include/uapi/linux/netfilter/nfnetlink.h. */
    private static final int GROUP = 7;

    /** NFNL_SUBSYS_NFTABLES, and message types of include/uapi/linux/netfilter/nf_tables.h. */
    private static final int SUBSYSTEM = 10 << 8;

    private static final int NEW_RULE = SUBSYSTEM | 6;
    private static final int NEW_ELEMENT = SUBSYSTEM | 12;
    private static final int NEW_GENERATION = SUBSYSTEM | 15;

    private final NetlinkMonitor monitor;
    /** By address; told in how many nanoseconds. */
    private final Map<Integer, Expected> expected = new HashMap<>();

    private long lastCommit;
    private long lost;

    /**
     * A Pod that is to come.
     *
     * <p>Immutable.
     */
    private record Expected(long since, LongConsumer onSeen) {}

    private KernelWatch(NetNs namespace) {
        NetlinkMonitor.Listener listener = new NetlinkMonitor.Listener() {
            @Override
            public void message(NetlinkMessage message) {
                seen(message);
            }

            @Override
            public void lost() {
                missed();
            }
        };
        this.monitor = namespace.run(() -> NetlinkMonitor.open(NetlinkProtocol.NETFILTER, listener, GROUP));
    }

    public static KernelWatch in(NetNs namespace) {
        KernelWatch watch = new KernelWatch(namespace);
        Thread.ofPlatform().daemon().name("kernel-watch").start(watch.monitor);
        return watch;
    }

    private synchronized void missed() {
        lost++;
    }

    private synchronized void seen(NetlinkMessage message) {
        long now = System.nanoTime();
        int type = message.type();
        if (type == NEW_GENERATION) {
            lastCommit = now;
            notifyAll();
        } else if ((type == NEW_ELEMENT || type == NEW_RULE) && !expected.isEmpty()) {
            for (int offset = 0; offset + Integer.BYTES <= message.payloadLength(); offset += Integer.BYTES) {
                Expected found = expected.remove(Integer.reverseBytes(message.intAt(offset)));
                if (found != null) {
                    found.onSeen.accept(now - found.since);
                    notifyAll();
                }
            }
        }
    }

    /**
     * Expects a Pod.
     *
     * @param since as {@link System#nanoTime}: when it was told
     * @param onSeen takes the nanoseconds from then until it is in the kernel; it must not wait
     */
    public synchronized void expect(String address, long since, LongConsumer onSeen) {
        expected.put(bits(address), new Expected(since, onSeen));
    }

    /** A Pod need not come any more. */
    public synchronized void forget(String address) {
        expected.remove(bits(address));
    }

    private static int bits(String address) {
        return ((Ipv4Address) IpAddress.parse(address)).bits();
    }

    /** How many Pods have not come. */
    public synchronized int missing() {
        return expected.size();
    }

    /** How often the kernel had to leave something out. */
    public synchronized long lost() {
        return lost;
    }

    /** Waits until every Pod is there; false if it takes longer. */
    public synchronized boolean awaitExpected(long millisMax) throws InterruptedException {
        long deadline = System.nanoTime() + millisMax * 1_000_000;
        while (!expected.isEmpty()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /** Waits until nothing was committed for so long; returns when the last commit was, as {@link System#nanoTime}. */
    public synchronized long awaitQuiet(long millis) throws InterruptedException {
        long begin = System.nanoTime();
        long left = millis;
        while (left > 0) {
            wait(left);
            left = millis - (System.nanoTime() - Math.max(begin, lastCommit)) / 1_000_000;
        }
        return lastCommit;
    }

    @Override
    public void close() {
        monitor.close();
    }
}
