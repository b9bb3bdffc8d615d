package io.fairlead.kernel.nft;

import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkProtocol;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Writing the netlink messages of 60,000 elements. Opens a socket and sends nothing.
 *
 * <p>Confined to the benchmark's thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EncodeBenchmark {

    private static final int ELEMENTS = 60_000;

    private static final NftSet MAP = NftSet.map(
            "endpoints",
            List.of(NftType.IPV4_ADDR, NftType.INET_PROTO, NftType.INET_SERVICE, NftType.MARK),
            NftType.IPV4_ADDR,
            NftType.INET_SERVICE);

    private final NetlinkClient client = NetlinkClient.open(NetlinkProtocol.NETFILTER);
    private final NftTransaction transaction =
            new NftTransaction(new NftTable(NftFamily.IP, "bench"), new NftVerdicts());

    @Setup(Level.Trial)
    public void fill() {
        byte[] key = new byte[MAP.keyLength()];
        byte[] value = new byte[MAP.dataLength()];
        for (int i = 0; i < ELEMENTS; i++) {
            ByteBuffer.wrap(key).putInt(0xac1e_0001 + i);
            ByteBuffer.wrap(value).putInt(0x0a01_0000 + i);
            transaction.addElement(MAP, key, value);
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        client.close();
    }

    @Benchmark
    public Object encode() {
        NftBatch batch = NftBatch.write(client, transaction);
        client.forget();
        return batch;
    }
}
