package io.fairlead.bench.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.netns.NetNs;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An address is seen when a transaction brings it, in an element or in a rule. */
final class KernelWatchTest {

    private static void nft(NetNs namespace, String words) throws Exception {
        String[] command = ("nft " + words).split(" ", -1);
        Process process =
                namespace.run(() -> new ProcessBuilder(command).inheritIO().start());
        assertEquals(0, process.waitFor(), words);
    }

    @Test
    void seesElementsAndRules() throws Exception {
        List<Long> seen = new ArrayList<>();
        try (NetNs namespace = NetNs.anonymous();
                KernelWatch watch = KernelWatch.in(namespace)) {
            nft(namespace, "add table ip t");
            nft(namespace, "add set ip t s { type ipv4_addr ; }");
            nft(namespace, "add chain ip t c { type nat hook output priority 0 ; }");
            watch.expect("10.1.2.3", System.nanoTime(), seen::add);
            nft(namespace, "add element ip t s { 10.9.9.9 }");
            assertFalse(watch.awaitExpected(50));
            nft(namespace, "add element ip t s { 10.1.2.3 }");
            assertTrue(watch.awaitExpected(5_000));
            watch.expect("10.1.2.4", System.nanoTime(), seen::add);
            nft(namespace, "add rule ip t c ip protocol tcp dnat to 10.1.2.4:8080");
            assertTrue(watch.awaitExpected(5_000));
            long last = watch.awaitQuiet(50);
            assertTrue(System.nanoTime() - last >= 50_000_000);
            watch.expect("10.1.2.5", System.nanoTime(), seen::add);
            watch.forget("10.1.2.5");
            assertEquals(0, watch.missing());
        }
        assertEquals(2, seen.size());
        assertTrue(seen.stream().allMatch(nanos -> nanos > 0), seen::toString);
    }
}
