package io.fairlead.kernel.nft;

import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkProtocol;

/**
 * The driver of {@link NetlinkNft} with a stopwatch between its two steps: writing a batch and handing it to the
 * kernel.
 *
 * <p>Confined to one thread at a time.
 */
public final class PhasedNft implements Nft {

    private final NetlinkClient client = NetlinkClient.open(NetlinkProtocol.NETFILTER);
    private final NftReader reader = new NftReader(client);

    private Spent spent = new Spent(0, 0, 0, 0);

    /**
     * What has been spent since this driver was opened.
     *
     * <p>Immutable.
     *
     * @param encodeNanos writing batches
     * @param kernelNanos in the kernel, from sending a batch to its last acknowledgement
     * @param readNanos reading back
     * @param batches handed to the kernel
     */
    public record Spent(long encodeNanos, long kernelNanos, long readNanos, int batches) {

        private Spent plus(long encode, long kernel, long read, int more) {
            return new Spent(encodeNanos + encode, kernelNanos + kernel, readNanos + read, batches + more);
        }
    }

    public Spent spent() {
        return spent;
    }

    @Override
    public void apply(NftTransaction transaction) {
        if (transaction.isEmpty()) {
            return;
        }
        try {
            long start = System.nanoTime();
            NftBatch batch = NftBatch.write(client, transaction);
            long written = System.nanoTime();
            batch.commit();
            spent = spent.plus(written - start, System.nanoTime() - written, 0, 1);
        } finally {
            client.forget();
        }
    }

    @Override
    public NftTableState read(NftTable table) {
        long start = System.nanoTime();
        NftTableState state = reader.table(table);
        spent = spent.plus(0, 0, System.nanoTime() - start, 0);
        return state;
    }

    @Override
    public void readElements(NftTable table, NftSet set, NftVerdicts verdicts, ElementVisitor visitor) {
        long start = System.nanoTime();
        reader.elements(table, set, verdicts, visitor);
        spent = spent.plus(0, 0, System.nanoTime() - start, 0);
    }

    @Override
    public boolean supportsOwnedPersistentTables() {
        try (NetlinkNft probe = NetlinkNft.open()) {
            return probe.supportsOwnedPersistentTables();
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
