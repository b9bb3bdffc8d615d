package io.fairlead.kernel.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netns.NetNs;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sizes of real clusters against this kernel. Times are printed; the bounds only catch what is wrong by a factor. */
class NetlinkNftScaleTest {

    private static final Logger LOG = Logger.getLogger(NetlinkNftScaleTest.class.getName());

    private static final NftTable TABLE = new NftTable(NftFamily.IP, "fairlead");
    private static final NftSet SERVICES =
            NftSet.verdictMap("services", NftType.IPV4_ADDR, NftType.INET_PROTO, NftType.INET_SERVICE);
    private static final NftSet ENDPOINTS = endpoints(65_536);

    private final NetNs namespace = NetNs.anonymous();
    private final Nft nft = namespace.run(NetlinkNft::open);
    private final NftVerdicts verdicts = new NftVerdicts();

    @AfterEach
    void leave() {
        nft.close();
        namespace.close();
    }

    @Test
    void commitsTenThousandServicesOfFiveEndpointsAtOnce() {
        int services = 10_000;
        for (int round = 0; round < 3; round++) {
            long start = System.nanoTime();
            NftTransaction transaction = cluster(services, 5);
            long built = System.nanoTime();
            nft.apply(transaction);
            long applied = System.nanoTime();
            LOG.info("60,000 elements: built in " + (built - start) / 1000 + " us, applied in "
                    + (applied - built) / 1000 + " us");
            assertTrue(applied - start < 3_000_000_000L, "took " + (applied - start) + " ns");
            assertEquals(services, count(SERVICES));
            assertEquals(5 * services, count(ENDPOINTS));
            nft.apply(new NftTransaction(TABLE, verdicts).deleteTable());
        }
    }

    @Test
    void encodingAllocatesNothingPerElement() {
        NftTransaction transaction = cluster(2_000, 5);
        NftTransaction delete = new NftTransaction(TABLE, verdicts).deleteTable();
        nft.apply(transaction);
        nft.apply(delete);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

        long before = threads.getCurrentThreadAllocatedBytes();
        nft.apply(transaction);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(allocated < 40_000, allocated + " bytes for 12,000 elements");
    }

    /** Two halves of a set change places in one transaction again and again: a reader sees one of them, whole. */
    @Test
    void readingElementsNeverMixesTwoStates() throws InterruptedException {
        NftSet set = NftSet.set("halves", NftType.IPV4_ADDR);
        int half = 2_000;
        nft.apply(new NftTransaction(TABLE, verdicts).addTable(false).addSet(set));
        nft.apply(move(set, half, -1, 0));

        readWhile(i -> move(set, half, i % 2 * half, (i + 1) % 2 * half), () -> {
            BitSet numbers = new BitSet();
            nft.readElements(
                    TABLE,
                    set,
                    verdicts,
                    (key, value) -> numbers.set(
                            ByteBuffer.wrap(key).order(ByteOrder.nativeOrder()).getInt()));
            assertEquals(half, numbers.cardinality());
            assertEquals(half, numbers.length() - numbers.nextSetBit(0));
        });
    }

    /** Chain, rule and set of one name change together: a reader sees all three of one name. */
    @Test
    void readingATableNeverMixesTwoStates() throws InterruptedException {
        nft.apply(new NftTransaction(TABLE, verdicts).addTable(false));
        nft.apply(exchange(0));

        readWhile(i -> exchange(i + 1).deleteChain("" + i).deleteSet("" + i), () -> {
            NftTableState state = nft.read(TABLE);
            assertEquals(1, state.chains().size(), state::toString);
            assertEquals(state.chains().keySet(), state.sets().keySet());
            assertEquals(state.chains().keySet(), state.ruleComments().keySet());
        });
    }

    private NftTransaction exchange(int name) {
        String added = Integer.toString(name);
        return new NftTransaction(TABLE, verdicts)
                .addChain(NftChain.regular(added))
                .replaceRules(added, List.of(EveryRule.rule(added)))
                .addSet(NftSet.set(added, NftType.MARK));
    }

    /** Reads again and again while another socket applies 150 transactions. */
    private void readWhile(IntFunction<NftTransaction> change, Runnable read) throws InterruptedException {
        try (Nft other = namespace.run(NetlinkNft::open)) {
            Thread writer = Thread.ofPlatform()
                    .start(() -> IntStream.range(0, 150).mapToObj(change).forEach(other::apply));
            int consistent = 0;
            while (writer.isAlive()) {
                consistent += succeeds(read) ? 1 : 0;
            }
            writer.join();
            assertTrue(succeeds(read));
            LOG.info(consistent + " consistent listings under concurrent transactions");
        }
    }

    /** False if the ruleset changed too often to be read, which the driver must say. */
    private static boolean succeeds(Runnable read) {
        try {
            read.run();
            return true;
        } catch (KernelException e) {
            assertEquals(Errno.EINTR, e.errno(), e::toString);
            return false;
        }
    }

    /** @param from -1 to delete nothing */
    private NftTransaction move(NftSet set, int half, int from, int to) {
        NftTransaction transaction = new NftTransaction(TABLE, verdicts);
        for (int i = 0; i < half; i++) {
            if (from >= 0) {
                transaction.deleteElement(set, NftData.hostInt(from + i).toBytes());
            }
            transaction.addElement(set, NftData.hostInt(to + i).toBytes(), new byte[0]);
        }
        return transaction;
    }

    private static NftSet endpoints(int size) {
        return new NftSet(
                "endpoints",
                List.of(NftType.IPV4_ADDR, NftType.INET_PROTO, NftType.INET_SERVICE, NftType.MARK),
                List.of(NftType.IPV4_ADDR, NftType.INET_SERVICE),
                false,
                false,
                size);
    }

    @Test
    void readsThreeHundredThousandElements() {
        readsAll(300_000, 524_288);
    }

    @Test
    void readsASetThatTheKernelIsStillResizing() {
        readsAll(100_000, 0);
    }

    private void readsAll(int elements, int size) {
        NftSet set = endpoints(size);
        NftTransaction transaction =
                new NftTransaction(TABLE, verdicts).addTable(false).addSet(set);
        for (int i = 0; i < elements; i++) {
            addEndpoint(transaction, set, i, 0);
        }
        long start = System.nanoTime();
        nft.apply(transaction);
        long applied = System.nanoTime();
        long[] sum = {0};
        int[] count = {0};
        nft.readElements(TABLE, set, verdicts, (key, value) -> {
            sum[0] += ByteBuffer.wrap(value).getInt();
            count[0]++;
        });
        long read = System.nanoTime();
        LOG.info(elements + " elements: applied in " + (applied - start) / 1_000_000 + " ms, read in "
                + (read - applied) / 1_000_000 + " ms");

        assertEquals(elements, count[0]);
        assertEquals((elements - 1L) * elements / 2, sum[0]);
    }

    private int count(NftSet set) {
        int[] count = {0};
        nft.readElements(TABLE, set, verdicts, (key, value) -> count[0]++);
        return count[0];
    }

    private NftTransaction cluster(int services, int endpoints) {
        NftTransaction transaction = new NftTransaction(TABLE, verdicts)
                .addTable(false)
                .addSet(SERVICES)
                .addSet(ENDPOINTS)
                .addChain(NftChain.regular("endpoints-" + endpoints));
        int target = verdicts.number(new NftVerdict.Goto("endpoints-" + endpoints));
        byte[] key = new byte[12];
        byte[] verdict = ByteBuffer.allocate(4).putInt(target).array();
        for (int service = 0; service < services; service++) {
            ByteBuffer.wrap(key)
                    .putInt(0x0a000000 + service)
                    .put((byte) 6)
                    .position(8)
                    .putShort((short) 80);
            transaction.addElement(SERVICES, key, verdict);
        }
        for (int service = 0; service < services; service++) {
            for (int endpoint = 0; endpoint < endpoints; endpoint++) {
                addEndpoint(transaction, ENDPOINTS, service, endpoint);
            }
        }
        return transaction;
    }

    /** The value is the number of the service, so that a sum tells whether all came back. */
    private static void addEndpoint(NftTransaction transaction, NftSet set, int service, int endpoint) {
        byte[] key = new byte[16];
        byte[] value = new byte[8];
        ByteBuffer.wrap(key)
                .putInt(0x0a000000 + service)
                .put((byte) 6)
                .position(8)
                .putShort((short) 80);
        ByteBuffer.wrap(key).order(ByteOrder.nativeOrder()).putInt(12, endpoint);
        ByteBuffer.wrap(value).putInt(service).putShort((short) 8080);
        transaction.addElement(set, key, value);
    }
}
