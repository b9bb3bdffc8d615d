package io.fairlead.kernel.nft;

/**
 * nf_tables of one network namespace. Two implementations: {@code NetlinkNft} is the kernel, {@code FakeNft} obeys the
 * same rules in memory.
 *
 * <p>Confined to one thread at a time: an owned table belongs to the socket that claimed it.
 */
public interface Nft extends AutoCloseable {

    /**
     * Applies all steps or none.
     *
     * @throws io.fairlead.kernel.KernelException if the kernel refuses; target and detail name the step
     */
    void apply(NftTransaction transaction);

    /** Reads a table back, consistent within itself. */
    NftTableState read(NftTable table);

    /**
     * Reads the elements of a set. Those that rules add or that expire meanwhile may be missing or come twice; all
     * others come once. The kernel's time for this is quadratic in the elements of one set.
     *
     * @param verdicts numbers the values of a verdict map
     */
    void readElements(NftTable table, NftSet set, NftVerdicts verdicts, ElementVisitor visitor);

    /** Whether tables can be owned and yet outlive their owner (kernel 6.9); probed by doing it. */
    boolean supportsOwnedPersistentTables();

    @Override
    void close();

    /** Receives elements one by one; the arrays are reused between calls. */
    @FunctionalInterface
    interface ElementVisitor {
        /** @param value empty for plain sets; four bytes for verdict maps, see {@link NftElements} */
        void element(byte[] key, byte[] value);
    }
}
