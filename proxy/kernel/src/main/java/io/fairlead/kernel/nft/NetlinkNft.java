package io.fairlead.kernel.nft;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkProtocol;

/**
 * nf_tables of a network namespace, spoken to by netlink (net/netfilter/nf_tables_api.c).
 *
 * <p>An owned table belongs to this driver's socket. When the socket closes, also by the death of the process, the
 * table stays and belongs to nobody; {@link NftOperation.AddTable} of another driver takes it over. A table that exists
 * without being owned, or without outliving its owner, cannot be changed into an owned one: the kernel says EOPNOTSUPP.
 *
 * <p>Confined to one thread at a time.
 */
public final class NetlinkNft implements Nft {

    private final NetlinkClient client;
    private final NftReader reader;

    private NetlinkNft(NetlinkClient client) {
        this.client = client;
        this.reader = new NftReader(client);
    }

    /**
     * Opens the network namespace of the calling thread.
     *
     * @throws KernelException if the kernel has no netfilter netlink
     */
    public static NetlinkNft open() {
        return new NetlinkNft(NetlinkClient.open(NetlinkProtocol.NETFILTER));
    }

    /** By which the kernel tells our changes from others', see {@link NftMonitor}. */
    public int portId() {
        return client.portId();
    }

    /**
     * {@inheritDoc}
     *
     * <p>With errno ENOBUFS or without one the outcome is unknown: the table must be read again.
     */
    @Override
    public void apply(NftTransaction transaction) {
        if (!transaction.mistake().isEmpty()) {
            throw new KernelException(
                    "apply", "transaction on " + transaction.table(), Errno.EINVAL, transaction.mistake());
        }
        if (transaction.isEmpty()) {
            return;
        }
        try {
            NftBatch.write(client, transaction).commit();
        } finally {
            client.forget();
        }
    }

    @Override
    public NftTableState read(NftTable table) {
        return reader.table(table);
    }

    @Override
    public void readElements(NftTable table, NftSet set, NftVerdicts verdicts, ElementVisitor visitor) {
        reader.elements(table, set, verdicts, visitor);
    }

    /** {@inheritDoc} Table and probe come and go in one transaction, so nothing is ever left behind. */
    @Override
    public boolean supportsOwnedPersistentTables() {
        NftTable probe = new NftTable(NftFamily.IP, "fairlead-probe-" + Integer.toUnsignedString(client.portId()));
        try {
            apply(new NftTransaction(probe, new NftVerdicts()).addTable(true).deleteTable());
            return true;
        } catch (KernelException e) {
            if (e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.EINVAL) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
