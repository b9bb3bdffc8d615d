package io.fairlead.test.kernel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the other kernel says is what happened on it, and it always ends.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(120)
final class OtherKernelIT {

    private static final Duration LONGEST = Duration.ofMinutes(1);

    private static final String MARK = "fairlead-other-kernel";

    /** Says where it is. */
    static final class Speaks {
        public static void main(String[] words) throws IOException {
            Path file = Files.createTempFile("other", "");
            System.out.println(String.join(" ", words) + " " + file.getParent() + " "
                    + Files.readString(Path.of("/proc/version")));
        }
    }

    /** Writes where it may, and tries where it may not. */
    static final class Writes {
        public static void main(String[] words) throws IOException {
            Files.writeString(Path.of("/tmp", MARK), "inside");
            Files.writeString(Path.of("/run", MARK), "inside");
            assertThrows(IOException.class, () -> Files.writeString(Path.of("/", MARK), "outside"));
            assertThrows(IOException.class, () -> Files.writeString(Path.of("/var", MARK), "outside"));
        }
    }

    /** Fails. */
    static final class Fails {
        public static void main(String[] words) {
            if (words.length == 1) {
                throw new AssertionError("as " + words[0]);
            }
        }
    }

    /** Never ends. */
    static final class Waits {
        public static void main(String[] words) {
            System.out.println("waits");
            while (true) {
                LockSupport.park();
            }
        }
    }

    /** Ends the kernel under itself. */
    static final class PowersOff {
        public static void main(String[] words) throws IOException {
            Files.writeString(Path.of("/proc/sysrq-trigger"), "o");
            Waits.main(words);
        }
    }

    @Test
    void runsWithItsOwnKernel() throws IOException {
        String said = OtherKernel.run(Speaks.class, LONGEST, "two words", "and \"more\" \\");
        assertTrue(said.startsWith("two words and \"more\" \\ /run/tmp Linux version 6.12."), said);
        assertFalse(said.contains(Files.readString(Path.of("/proc/version"))), said);
    }

    @Test
    void writesNothingToTheMachine() {
        OtherKernel.run(Writes.class, LONGEST);
        assertNothingWritten();
    }

    /** By {@link Writes}. */
    static void assertNothingWritten() {
        for (String folder : List.of("/tmp", "/run", "/", "/var")) {
            assertFalse(Files.exists(Path.of(folder, MARK)), folder);
        }
    }

    @Test
    void whatIsThrownInsideFailsTheTest() {
        AssertionError failed =
                assertThrows(AssertionError.class, () -> OtherKernel.run(Fails.class, LONGEST, "expected"));
        assertTrue(failed.toString().contains("as expected"), failed::toString);
        assertTrue(failed.toString().contains("Fails.main"), failed::toString);
    }

    @Test
    void kernelThatEndsEarlyFailsTheTest() {
        AssertionError failed = assertThrows(AssertionError.class, () -> OtherKernel.run(PowersOff.class, LONGEST));
        assertTrue(failed.toString().contains("no verdict"), failed::toString);
    }

    @Test
    void kernelThatDoesNotEndIsEnded() {
        long before = kernels();
        AssertionError failed =
                assertThrows(AssertionError.class, () -> OtherKernel.run(Waits.class, Duration.ofSeconds(15)));
        assertTrue(failed.toString().contains("--- printed\nwaits"), failed::toString);
        assertTrue(kernels() <= before, "a process of the kernel is left");
    }

    /** Processes of kernels, as the machine sees them. */
    private static long kernels() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").endsWith("/linux"))
                .count();
    }
}
