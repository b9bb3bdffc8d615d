package io.fairlead.bench.process;

import io.fairlead.kernel.nft.NetlinkNft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Fills and empties the tables several times and watches what the kernel says of its memory: slabs that cannot be
 * reclaimed and vmalloc. The rest of the machine uses them too, so the median counts.
 *
 * <p>Confined to the main thread.
 */
public final class KernelMemoryProcess {

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    /** The kernel frees what was deleted after a grace period, on a thread of its own. */
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

    private KernelMemoryProcess() {}

    /** Arguments: {@link ClusterSize#arguments}, times to fill and empty. */
    public static void main(String[] words) throws IOException {
        SyntheticCluster cluster = new SyntheticCluster(ClusterSize.parse(words[0], words[1]));
        int times = Integer.parseInt(words[2]);
        Samples kilobytes = new Samples();
        try (NetlinkNft nft = NetlinkNft.open()) {
            for (int i = 0; i < times; i++) {
                LockSupport.parkNanos(SETTLE_NANOS);
                long before = used();
                Tables.fill(nft, cluster);
                LockSupport.parkNanos(SETTLE_NANOS);
                kilobytes.add(used() - before);
                Tables.empty(nft);
            }
        }
        new Figures()
                .put("megabytes", kilobytes.quantile(0.5) / 1024.0)
                .put("megabytes-least", kilobytes.quantile(0) / 1024.0)
                .put("megabytes-most", kilobytes.quantile(1) / 1024.0)
                .print();
    }

    private static long used() throws IOException {
        long kilobytes = 0;
        for (String line : Files.readAllLines(MEMINFO)) {
            if (line.startsWith("SUnreclaim:") || line.startsWith("VmallocUsed:")) {
                kilobytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return kilobytes;
    }
}
