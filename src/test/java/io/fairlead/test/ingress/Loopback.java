package io.fairlead.test.ingress;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Addresses of the loopback network that nobody else uses, so that everybody may have the ports that he wants.
 *
 * <p>Thread-safe.
 */
final class Loopback {

    private static final int FIRST = 64;
    private static final int COUNT = 128;
    private static final int LAST_BYTE_MAX = 250;
    private static final AtomicInteger NEXT = new AtomicInteger();

    private Loopback() {}

    /** Another one; two processes of tests get different ones. */
    static String next() {
        int number = NEXT.getAndIncrement();
        long process = ProcessHandle.current().pid();
        long second = FIRST + process % COUNT;
        long third = process / COUNT % 50 * 5 + number / LAST_BYTE_MAX;
        return "127." + second + "." + third + "." + (1 + number % LAST_BYTE_MAX);
    }
}
