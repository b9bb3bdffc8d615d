package io.fairlead.bench.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.netns.NetNs;
import org.junit.jupiter.api.Test;

/** A rule more and a rule less are told apart. */
final class LegacyWatchTest {

    private static void iptables(NetNs namespace, String words) throws Exception {
        String[] command = ("iptables-legacy -t nat " + words).split(" ", -1);
        Process process =
                namespace.run(() -> new ProcessBuilder(command).inheritIO().start());
        assertEquals(0, process.waitFor(), words);
    }

    @Test
    void seesRulesComeAndGo() throws Exception {
        try (NetNs namespace = NetNs.anonymous()) {
            LegacyWatch watch = new LegacyWatch(namespace);
            assertEquals(0, watch.rules());
            iptables(namespace, "-A OUTPUT -d 10.1.2.3 -j RETURN");
            iptables(namespace, "-A OUTPUT -d 10.1.2.4 -j RETURN");
            assertEquals(2, watch.rules());
            assertFalse(watch.awaitOther(2, 20));
            iptables(namespace, "-D OUTPUT -d 10.1.2.3 -j RETURN");
            assertTrue(watch.awaitOther(2, 5_000));
            watch.awaitQuiet(20);
            assertEquals(1, watch.rules());
        }
    }
}
