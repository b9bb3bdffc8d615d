package io.fairlead.ingress;

import io.netty.util.LeakPresenceDetector;

/**
 * Counts what Netty allocates and releases; Netty makes it by its name, which the pom gives to the JVM of the tests.
 *
 * <p>Thread-safe.
 */
public final class LeakCounter<T> extends LeakPresenceDetector<T> {

    private static final ResourceScope SCOPE = new ResourceScope("tests");

    public LeakCounter(Class<?> type) {
        super(type);
    }

    public LeakCounter(Class<?> type, int samplingInterval) {
        super(type);
    }

    public LeakCounter(Class<?> type, int samplingInterval, long maxActive) {
        super(type);
    }

    @Override
    protected ResourceScope currentScope() {
        return SCOPE;
    }

    /** Whether something was not released. */
    static boolean holdsAnything() {
        return SCOPE.hasOpenResources();
    }
}
