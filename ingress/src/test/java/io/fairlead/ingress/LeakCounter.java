package io.fairlead.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.util.LeakPresenceDetector;

/**
 * Counts buffers that are allocated and released; Netty makes it by its name, which the pom gives to the JVM of the tests.
 * Contexts and engines of TLS end with the collector or with their connection; {@code ServerTlsTest} looks at them.
 *
 * <p>Thread-safe.
 */
public final class LeakCounter<T> extends LeakPresenceDetector<T> {

    private static final ResourceScope BUFFERS = new ResourceScope("buffers");
    private static final ResourceScope OTHERS = new ResourceScope("others");

    private final boolean counts;

    public LeakCounter(Class<?> type) {
        super(type);
        // What Netty asks about is of no type.
        counts = ByteBuf.class.isAssignableFrom(type) || type == Object.class;
    }

    public LeakCounter(Class<?> type, int samplingInterval) {
        super(type);
        // What Netty asks about is of no type.
        counts = ByteBuf.class.isAssignableFrom(type) || type == Object.class;
    }

    public LeakCounter(Class<?> type, int samplingInterval, long maxActive) {
        super(type);
        // What Netty asks about is of no type.
        counts = ByteBuf.class.isAssignableFrom(type) || type == Object.class;
    }

    @Override
    protected ResourceScope currentScope() {
        return counts ? BUFFERS : OTHERS;
    }

    /** Whether a buffer was not released. */
    static boolean holdsAnything() {
        return BUFFERS.hasOpenResources();
    }
}
