package io.fairlead.ingress;

import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Keeps what Netty finds leaked; Netty makes it by its name, which the build gives to the JVM of the tests.
 *
 * <p>Thread-safe.
 */
public final class LeakRecorder<T> extends ResourceLeakDetector<T> {

    private static final ConcurrentLinkedQueue<String> LEAKS = new ConcurrentLinkedQueue<>();

    public LeakRecorder(Class<?> type, int samplingInterval) {
        super(type, samplingInterval);
    }

    public LeakRecorder(Class<?> type, int samplingInterval, long maxActive) {
        super(type, samplingInterval);
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String type, String records) {
        LEAKS.add(type + ":" + records);
    }

    @Override
    protected void reportUntracedLeak(String type) {
        LEAKS.add(type);
    }

    static List<String> takeAll() {
        List<String> all = new ArrayList<>();
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            all.add(leak);
        }
        return all;
    }
}
