package io.fairlead.runtime.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class LifecycleTest {

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final Lifecycle lifecycle = lifecycle(Duration.ofSeconds(20));

    private Lifecycle lifecycle(Duration deadline) {
        return new Lifecycle(deadline, code -> events.add("halt " + code));
    }

    @Test
    void stopsPartsInReverseOrder() {
        lifecycle.onStop("source", () -> events.add("source"));
        lifecycle.onStop("loop", () -> events.add("loop"));
        lifecycle.exit(0);
        assertEquals(List.of("loop", "source", "halt 0"), events);
    }

    @Test
    void aPartThatFailsDoesNotStopTheOthers() {
        lifecycle.onStop("source", () -> events.add("source"));
        lifecycle.onStop("loop", () -> {
            throw new IllegalStateException("expected by this test");
        });
        lifecycle.exit(3);
        assertEquals(List.of("source", "halt 3"), events);
    }

    @Test
    void aPartThatHangsIsLeftBehindAtTheDeadline() {
        Lifecycle hasty = lifecycle(Duration.ofMillis(200));
        CountDownLatch never = new CountDownLatch(1);
        hasty.onStop("stuck", () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        long start = System.nanoTime();
        hasty.exit(0);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertEquals(List.of("halt 0"), events);
        assertTrue(millis >= 200 && millis < 10_000, millis + " ms");
        never.countDown();
    }

    @Test
    void onlyTheFirstExitCounts() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch proceed = new CountDownLatch(1);
        lifecycle.onStop("slow", () -> {
            inside.countDown();
            try {
                proceed.await(100, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            events.add("slow");
        });
        Thread first = Thread.ofPlatform().start(() -> lifecycle.exit(1));
        inside.await();
        Thread second = Thread.ofPlatform().start(() -> lifecycle.exit(2));
        proceed.countDown();
        first.join();
        second.join();
        assertEquals(List.of("slow", "halt 1"), events);
    }

    @Test
    void mainWaitsForTheStop() throws InterruptedException {
        Thread main = Thread.ofPlatform().start(lifecycle::awaitStop);
        lifecycle.exit(0);
        assertTrue(main.join(Duration.ofSeconds(10)), "main returns");
    }

    @Test
    void brokenInvariantsEndAtOnce() {
        lifecycle.onStop("kernel", () -> events.add("touched the kernel"));
        lifecycle.fatal(new IllegalStateException("expected by this test"));
        assertEquals(List.of("halt 70"), events);
    }

    /** A real process, since only the JVM can show what a signal does. */
    @Test
    void sigtermEndsTheProcessInOrderWithZero() throws IOException, InterruptedException {
        Process process = start("serve");
        assertEquals("ready", process.inputReader().readLine());
        process.toHandle().destroy();
        assertEquals("stopped", process.inputReader().readLine());
        assertEquals(0, process.waitFor());
        assertTrue(process.errorReader().readLine().endsWith("LifecycleProgram: stopping"), "logs while it stops");
    }

    @Test
    void uncaughtExceptionsOfAnyThreadEndTheProcess() throws IOException, InterruptedException {
        Process process = start("break");
        assertEquals(70, process.waitFor());
        String log = new String(process.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(log.contains("error Lifecycle: stopping: this is a bug"), log);
        assertTrue(log.contains("IllegalStateException: broken"), log);
    }

    private static Process start(String what) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LifecycleProgram.class.getName(),
                        what)
                .start();
    }
}
