package io.fairlead.bench.micro;

import io.fairlead.kernel.DeltaTracker;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The tracker with the keys of 10,000 Services of five endpoints: per entry.
 *
 * <p>Confined to the benchmark's thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DeltaTrackerBenchmark {

    private static final int ENTRIES = 50_000;
    private static final int KEY_BYTES = 16;
    private static final int VALUE_BYTES = 8;

    private final byte[] key = new byte[KEY_BYTES];
    private final byte[] value = new byte[VALUE_BYTES];
    private DeltaTracker full = new DeltaTracker(KEY_BYTES, VALUE_BYTES);

    @Setup
    public void fill() {
        full = desireAll();
    }

    @Benchmark
    @OperationsPerInvocation(ENTRIES)
    public DeltaTracker desireAll() {
        DeltaTracker tracker = new DeltaTracker(KEY_BYTES, VALUE_BYTES);
        for (int i = 0; i < ENTRIES; i++) {
            tracker.desire(key(i), value);
        }
        return tracker;
    }

    @Benchmark
    @OperationsPerInvocation(ENTRIES)
    public int lookupAll() {
        int found = 0;
        for (int i = 0; i < ENTRIES; i++) {
            found += full.lookup(key(i), value) ? 1 : 0;
        }
        return found;
    }

    private byte[] key(int entry) {
        ByteBuffer.wrap(key)
                .putInt(0xac1e_0001 + entry / 5)
                .putInt(6 << 24)
                .putInt(80 << 16)
                .put((byte) (entry % 5));
        return key;
    }
}
