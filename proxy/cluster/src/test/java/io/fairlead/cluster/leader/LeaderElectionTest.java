package io.fairlead.cluster.leader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.write.FileObject;
import io.fairlead.cluster.write.VersionedObject;
import io.fairlead.cluster.write.WriteRefused;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The threads around a candidacy, with a Lease in a file. */
@Timeout(60)
final class LeaderElectionTest {

    private static final ElectionTiming FAST =
            new ElectionTiming(Duration.ofSeconds(3), Duration.ofMillis(1500), Duration.ofMillis(50));
    private static final ObjectKey KEY = new ObjectKey(LeaderElection.KIND, new ObjectName("system", "test"));

    @TempDir
    private Path folder;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicBoolean away = new AtomicBoolean();
    private final AtomicInteger reads = new AtomicInteger();

    /** The file, but for when it is away. */
    private VersionedObject lease() {
        FileObject file = new FileObject(folder, KEY);
        return new VersionedObject() {
            @Override
            public Optional<Found> read() {
                reads.incrementAndGet();
                if (away.get()) {
                    throw new WriteRefused(WriteRefused.Why.TROUBLE, "away on purpose");
                }
                return file.read();
            }

            @Override
            public boolean write(Map<String, Object> fields, String version) {
                return file.write(fields, version);
            }
        };
    }

    private LeaderElection candidate(String name) {
        Leadership leadership = new Leadership() {
            @Override
            public void gained() {
                told.add(name + " gained");
            }

            @Override
            public void lost() {
                told.add(name + " lost");
            }
        };
        return new LeaderElection(lease(), name, FAST, leadership, InstantSource.system(), new SplittableRandom(1));
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, what);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private String holder() {
        return LeaseRecord.of(new FileObject(folder, KEY).read().orElseThrow().object())
                .holder();
    }

    @Test
    void oneLeadsAndTheNextOneFollowsWhenItEnds() {
        LeaderElection first = candidate("first");
        LeaderElection second = candidate("second");
        first.start();
        await("the first one leads", first::leads);
        second.start();
        await("the second one has asked", second::isInTouch);
        assertFalse(second.leads());
        assertEquals("first", holder());
        first.close();
        assertFalse(first.leads());
        await("the second one was told that it leads", () -> told.contains("second gained"));
        assertTrue(second.leads());
        second.close();
        assertEquals(List.of("first gained", "first lost", "second gained", "second lost"), told);
        assertEquals("", holder());
    }

    @Test
    void leaderThatCannotRenewStopsByItself() {
        try (LeaderElection election = candidate("only")) {
            election.start();
            await("it leads", () -> told.contains("only gained"));
            away.set(true);
            await("it was told that it does not", () -> told.contains("only lost"));
            assertFalse(election.leads());
            assertEquals("only", holder());
            await("it is out of touch", () -> !election.isInTouch());
            away.set(false);
            await("it leads again", election::leads);
        }
    }

    @Test
    void whatIsNotALeaseElectsNobody() {
        new FileObject(folder, KEY).write(Map.of("spec", "mine"), VersionedObject.NONE);
        try (LeaderElection election = candidate("only")) {
            election.start();
            await("it was read twice", () -> reads.get() >= 2);
            assertFalse(election.leads());
        }
        assertEquals("1", new FileObject(folder, KEY).read().orElseThrow().version());
        assertEquals(List.of(), told);
    }

    @Test
    void timesThatDoNotFitAreRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThrows(IllegalArgumentException.class, () -> new ElectionTiming(second, second, Duration.ofMillis(1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ElectionTiming(Duration.ofMillis(1500), second, Duration.ofMillis(1)));
    }
}
