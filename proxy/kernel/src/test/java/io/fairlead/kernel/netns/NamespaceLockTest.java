package io.fairlead.kernel.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.kernel.netns.NamespaceLock.Acquired;
import io.fairlead.kernel.netns.NamespaceLock.Attempt;
import io.fairlead.kernel.netns.NamespaceLock.Taken;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NamespaceLockTest {

    private static final String NAME = "fairlead-test-agent";

    @Test
    void secondHolderLearnsWhoTheFirstIs() {
        try (NetNs node = NetNs.anonymous()) {
            Attempt first = node.run(() -> NamespaceLock.tryAcquire(NAME));
            Attempt second = node.run(() -> NamespaceLock.tryAcquire(NAME));
            int me = (int) ProcessHandle.current().pid();
            assertEquals(new Taken(me, 0), second);
            assertInstanceOf(Acquired.class, first).lock().close();
            Attempt third = node.run(() -> NamespaceLock.tryAcquire(NAME));
            assertInstanceOf(Acquired.class, third).lock().close();
        }
    }

    @Test
    void everyNamespaceHasItsOwn() {
        try (NetNs one = NetNs.anonymous();
                NetNs other = NetNs.anonymous()) {
            Acquired first = assertInstanceOf(Acquired.class, one.run(() -> NamespaceLock.tryAcquire(NAME)));
            Acquired second = assertInstanceOf(Acquired.class, other.run(() -> NamespaceLock.tryAcquire(NAME)));
            first.lock().close();
            second.lock().close();
        }
    }

    @Test
    void deathOfTheHolderReleasesIt() throws IOException, InterruptedException {
        try (NetNs node = NetNs.anonymous()) {
            Process holder = node.run(() -> new ProcessBuilder("socat", "ABSTRACT-LISTEN:" + NAME, "STDOUT").start());
            try {
                Attempt meanwhile = awaitTaken(node);
                assertEquals(new Taken((int) holder.pid(), 0), meanwhile);
            } finally {
                holder.destroyForcibly();
            }
            holder.waitFor(10, TimeUnit.SECONDS);
            Attempt afterwards = node.run(() -> NamespaceLock.tryAcquire(NAME));
            assertInstanceOf(Acquired.class, afterwards).lock().close();
        }
    }

    @Test
    void fullQueueOfAskersHidesOnlyThePid() {
        try (NetNs node = NetNs.anonymous()) {
            node.run(() -> {
                Acquired held = assertInstanceOf(Acquired.class, NamespaceLock.tryAcquire(NAME));
                Taken last = new Taken(0, 0);
                for (int i = 0; i < 5000; i++) {
                    last = assertInstanceOf(Taken.class, NamespaceLock.tryAcquire(NAME));
                }
                assertEquals(new Taken(0, -1), last);
                held.lock().close();
            });
        }
    }

    @Test
    void refusesNamesThatDoNotFit() {
        assertThrows(IllegalArgumentException.class, () -> NamespaceLock.tryAcquire(""));
        assertThrows(IllegalArgumentException.class, () -> NamespaceLock.tryAcquire("x".repeat(108)));
    }

    private static Attempt awaitTaken(NetNs node) throws InterruptedException {
        for (int probe = 0; probe < 200; probe++) {
            Attempt attempt = node.run(() -> NamespaceLock.tryAcquire(NAME));
            if (attempt instanceof Acquired(NamespaceLock lock)) {
                lock.close();
                TimeUnit.MILLISECONDS.sleep(25);
            } else {
                return attempt;
            }
        }
        throw new AssertionError("socat did not take the name within 5 s");
    }
}
