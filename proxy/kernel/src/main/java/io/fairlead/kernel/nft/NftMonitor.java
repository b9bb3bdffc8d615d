package io.fairlead.kernel.nft;

import io.fairlead.kernel.netlink.NetlinkAttributes;
import io.fairlead.kernel.netlink.NetlinkMessage;
import io.fairlead.kernel.netlink.NetlinkMonitor;
import io.fairlead.kernel.netlink.NetlinkProtocol;

/**
 * Notices when somebody else changes the tables of one name. Needed only where tables cannot be owned; it makes the
 * kernel copy each of our own changes to us, too.
 *
 * <p>Thread-safe: {@link #run()} belongs to one thread, {@link #close()} may be called from any.
 */
public final class NftMonitor implements Runnable, AutoCloseable {

    /** NFNLGRP_NFTABLES of include/uapi/linux/netfilter/nfnetlink.h. */
    private static final int GROUP = 7;

    private final NetlinkMonitor monitor;

    private NftMonitor(NetlinkMonitor monitor) {
        this.monitor = monitor;
    }

    /**
     * Subscribes in the network namespace of the calling thread.
     *
     * @param table name of the tables, in any family
     * @param ourselves port of the socket whose changes do not count, {@link NetlinkNft#portId()}
     * @param onForeignChange called on the thread that runs the monitor, possibly several times for one change
     * @throws io.fairlead.kernel.KernelException if the kernel refuses
     */
    public static NftMonitor open(String table, int ourselves, Runnable onForeignChange) {
        NetlinkAttributes attributes = new NetlinkAttributes();
        NetlinkMonitor.Listener listener = new NetlinkMonitor.Listener() {
            @Override
            public void message(NetlinkMessage message) {
                boolean change = message.type() >= NfTables.NEW_TABLE && message.type() <= NfTables.DELETE_ELEMENT;
                if (change && message.portId() != ourselves && names(message)) {
                    onForeignChange.run();
                }
            }

            private boolean names(NetlinkMessage message) {
                message.attributes(NfTables.HEADER_BYTES, attributes);
                while (attributes.next()) {
                    // Every kind of object names its table in its first attribute.
                    if (attributes.type() == NfTables.TABLE) {
                        return attributes.textEquals(table);
                    }
                }
                return false;
            }

            @Override
            public void lost() {
                onForeignChange.run();
            }
        };
        return new NftMonitor(NetlinkMonitor.open(NetlinkProtocol.NETFILTER, listener, GROUP));
    }

    /** Delivers until {@link #close()}. */
    @Override
    public void run() {
        monitor.run();
    }

    /** Ends {@link #run()} soon, without waiting for it. */
    @Override
    public void close() {
        monitor.close();
    }
}
