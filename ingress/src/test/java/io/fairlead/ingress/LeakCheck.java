package io.fairlead.ingress;

import io.netty.util.LeakPresenceDetector;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a class of tests that leaves buffers behind. Every allocation is counted: the pom names Netty's detector for it,
 * which says where each came from with {@code -Dio.netty.util.LeakPresenceDetector.trackCreationStack=true}.
 *
 * <p>Thread-safe: it has no state.
 */
public final class LeakCheck implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) {
        LeakPresenceDetector.check();
    }
}
