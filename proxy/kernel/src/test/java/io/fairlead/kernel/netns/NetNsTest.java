package io.fairlead.kernel.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NetNsTest {

    private final String name = "fltest-" + ProcessHandle.current().pid();
    private List<String> namesBefore = List.of();

    @BeforeEach
    void rememberNames() {
        namesBefore = NetNs.names();
    }

    @AfterEach
    void leavesNoName() {
        List<String> left = new ArrayList<>(NetNs.names());
        left.removeAll(namesBefore);
        left.removeIf(other -> !other.startsWith(name));
        left.forEach(NetNs::delete);
        assertEquals(List.of(), left, "names left behind");
    }

    @Test
    void namedNamespaceIsSeenByIpNetnsAndDeletedTwice() {
        try (NetNs created = NetNs.create(name)) {
            assertTrue(NetNs.names().contains(name));
            assertTrue(Tool.run("ip", "netns", "list").contains(name));
            String inside = Tool.run("ip", "netns", "exec", name, "readlink", "/proc/self/ns/net");
            assertEquals("net:[" + created.inode() + "]", inside.strip());
            try (NetNs opened = NetNs.open(name)) {
                assertEquals(created.inode(), opened.inode());
            }
        } finally {
            NetNs.delete(name);
        }
        assertFalse(NetNs.names().contains(name));
        NetNs.delete(name);
    }

    @Test
    void opensAndDeletesWhatIpNetnsMade() {
        Tool.run("ip", "netns", "add", name);
        try (NetNs opened = NetNs.open(name)) {
            assertNotEquals(currentInode(), opened.inode());
        } finally {
            NetNs.delete(name);
        }
        assertFalse(Tool.run("ip", "netns", "list").contains(name));
    }

    @Test
    void takenNameIsRefusedAndKeepsItsNamespace() {
        try (NetNs first = NetNs.create(name)) {
            KernelException refused = assertThrows(KernelException.class, () -> NetNs.create(name));
            assertEquals(Errno.EEXIST, refused.errno());
            try (NetNs still = NetNs.open(name)) {
                assertEquals(first.inode(), still.inode());
            }
        } finally {
            NetNs.delete(name);
        }
    }

    @Test
    void namesCreatedAtTheSameTimeAllExist() {
        List<CompletableFuture<Void>> creations = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String one = name + "-" + i;
            creations.add(CompletableFuture.runAsync(
                    () -> NetNs.create(one).close(), task -> Thread.ofPlatform().start(task)));
        }
        try {
            creations.forEach(CompletableFuture::join);
            for (int i = 0; i < 8; i++) {
                NetNs.open(name + "-" + i).close();
            }
        } finally {
            for (int i = 0; i < 8; i++) {
                NetNs.delete(name + "-" + i);
            }
        }
    }

    @Test
    void leftoverOfACrashedCreatorIsNoNamespaceAndCanBeDeleted() throws IOException {
        NetNs.create(name).close();
        NetNs.delete(name);
        Files.createFile(Path.of("/run/netns", name));
        KernelException refused = assertThrows(KernelException.class, () -> NetNs.open(name));
        assertEquals("/run/netns/" + name, refused.target());
        NetNs.delete(name);
        assertFalse(NetNs.names().contains(name));
    }

    @Test
    void refusesNamesThatLeaveTheDirectory() {
        for (String bad : List.of("", ".", "..", "../x", "a/b", "a\0b", "x".repeat(256))) {
            assertThrows(IllegalArgumentException.class, () -> NetNs.create(bad), bad);
            assertThrows(IllegalArgumentException.class, () -> NetNs.delete(bad), bad);
        }
    }

    @Test
    void missingNameIsEnoent() {
        KernelException missing = assertThrows(KernelException.class, () -> NetNs.open(name));
        assertEquals(Errno.ENOENT, missing.errno());
    }

    @Test
    void runEntersAndReturns() {
        long outside = currentInode();
        try (NetNs first = NetNs.anonymous();
                NetNs second = NetNs.anonymous()) {
            assertNotEquals(first.inode(), second.inode());
            long seen = first.run(() -> {
                assertEquals(second.inode(), second.run(NetNsTest::currentInode));
                return currentInode();
            });
            assertEquals(first.inode(), seen);
        }
        assertEquals(outside, currentInode());
    }

    @Test
    void runReturnsAfterAnException() {
        long outside = currentInode();
        try (NetNs inside = NetNs.anonymous()) {
            IOException thrown = assertThrows(
                    IOException.class,
                    () -> inside.run(() -> {
                        throw new IOException("of the body");
                    }));
            assertEquals("of the body", thrown.getMessage());
        }
        assertEquals(outside, currentInode());
    }

    @Test
    void freshNamespaceHasNoRoute() {
        try (NetNs inside = NetNs.anonymous()) {
            assertEquals("", inside.run(() -> Tool.run("ip", "route", "show", "table", "all")));
        }
    }

    @Test
    void threadsAndProcessesStartedInsideStayInside() throws InterruptedException {
        NetNs inside = NetNs.anonymous();
        long expected = inside.inode();
        AtomicLong seen = new AtomicLong();
        CountDownLatch closed = new CountDownLatch(1);
        Thread thread = inside.start("inside", () -> {
            try {
                assertTrue(closed.await(10, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            seen.set(currentInode());
        });
        String link = inside.run(() -> Tool.run("readlink", "/proc/self/ns/net"));
        assertEquals("net:[" + expected + "]", link.strip());
        inside.close();
        closed.countDown();
        assertTrue(thread.join(Duration.ofSeconds(10)));
        assertEquals(expected, seen.get());
    }

    @Test
    void opensTheNamespaceOfAProcess() throws IOException {
        try (NetNs inside = NetNs.anonymous()) {
            Process sleeper = inside.run(() -> new ProcessBuilder("sleep", "30").start());
            try (NetNs found = NetNs.ofProcess(sleeper.pid())) {
                assertEquals(inside.inode(), found.inode());
            } finally {
                sleeper.destroyForcibly();
            }
        }
    }

    @Test
    void closedNamespaceCannotBeEntered() {
        NetNs gone = NetNs.anonymous();
        gone.close();
        gone.close();
        assertThrows(IllegalStateException.class, () -> gone.run(NetNsTest::currentInode));
        assertThrows(IllegalStateException.class, gone::fd);
    }

    @Test
    void virtualThreadIsRefused() throws InterruptedException {
        try (NetNs inside = NetNs.anonymous()) {
            CompletableFuture<Long> result = new CompletableFuture<>();
            Thread.ofVirtual()
                    .start(() -> result.completeAsync(() -> inside.run(NetNsTest::currentInode), Runnable::run))
                    .join();
            assertTrue(result.isCompletedExceptionally());
            assertEquals(IllegalStateException.class, result.exceptionNow().getClass());
        }
    }

    private static long currentInode() {
        try (NetNs current = NetNs.current()) {
            return current.inode();
        }
    }
}
