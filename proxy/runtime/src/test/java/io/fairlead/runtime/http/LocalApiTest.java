package io.fairlead.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class LocalApiTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream page = new ByteArrayOutputStream();

    private Path runDir() {
        return folder.resolve("run dir");
    }

    private Path socket() {
        return runDir().resolve("proxy.sock");
    }

    private HttpServer start() {
        Map<String, HttpHandler> handlers = Map.of(
                "/echo", request -> HttpReply.text(200, request.parameter("q").orElse("none")),
                "/long", request -> HttpReply.ok(HttpReply.TEXT, out -> ReplyStream.append(out, "x".repeat(1_000_000))),
                "/wrong", request -> HttpReply.text(400, "no Service default/web here\n"));
        return HttpServer.start(new HttpEndpoint.Unix(socket()), handlers, HttpLimits.DEFAULT);
    }

    private LocalAnswer ask(String path, Map<String, String> parameters, Duration timeout, long bytesMax) {
        return new LocalApiClient(runDir(), timeout, bytesMax).ask("proxy", path, parameters, page);
    }

    private LocalAnswer ask(String path) {
        return ask(path, Map.of("q", "a b&=ü"), TIMEOUT, 2_000_000);
    }

    @Test
    void asksARunningProgram() {
        try (HttpServer server = start()) {
            assertEquals(new HttpEndpoint.Unix(socket()), server.endpoint());
            assertInstanceOf(LocalAnswer.Delivered.class, ask("/echo"));
            assertEquals("a b&=ü", page.toString(StandardCharsets.UTF_8));
            page.reset();
            assertInstanceOf(LocalAnswer.Delivered.class, ask("/long"));
            assertEquals(1_000_000, page.size());
        }
    }

    @Test
    void aPageMaySayHowTheCommandExits() {
        Map<String, HttpHandler> pages =
                Map.of("/bad", _ -> HttpReply.text(200, "bad news").with(HttpReply.EXIT_CODE, "1"));
        try (HttpServer _ = HttpServer.start(new HttpEndpoint.Unix(socket()), pages, HttpLimits.DEFAULT)) {
            assertEquals(new LocalAnswer.Delivered(1), ask("/bad"));
            assertEquals("bad news", page.toString(StandardCharsets.UTF_8));
        }
    }

    /** Each line is asked for by the one who reads, so that it cannot have been kept back. */
    @Test
    void whatALivePageSaysIsThereAtOnceAndNoTimeoutEndsIt() {
        Semaphore wanted = new Semaphore(1);
        HttpHandler live = _ -> HttpReply.live(HttpReply.TEXT, out -> {
            for (int i = 0; i < 5; i++) {
                wanted.acquireUninterruptibly();
                ReplyStream.append(out, "line " + i + "\n");
            }
        });
        HttpLimits impatient = new HttpLimits(8192, 4, Duration.ofSeconds(5), Duration.ofMillis(50));
        try (HttpServer _ = HttpServer.start(new HttpEndpoint.Unix(socket()), Map.of("/live", live), impatient)) {
            OutputStream lines = new ByteArrayOutputStream() {
                @Override
                public void flush() throws IOException {
                    writeTo(page);
                    reset();
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                    wanted.release();
                }
            };
            LocalAnswer answer = new LocalApiClient(runDir(), TIMEOUT, 1000).ask("proxy", "/live", Map.of(), lines);
            assertEquals(new LocalAnswer.Delivered(0), answer);
            assertEquals("line 0\nline 1\nline 2\nline 3\nline 4\n", page.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void errorsOfTheProgramAreTold() {
        try (HttpServer _ = start()) {
            assertEquals(new LocalAnswer.Refused(400, "no Service default/web here"), ask("/wrong"));
            assertEquals(0, page.size());
        }
    }

    @Test
    void longerPagesThanAllowedAreRefused() {
        try (HttpServer _ = start()) {
            LocalAnswer answer = ask("/long", Map.of(), TIMEOUT, 100_000);
            String message = assertInstanceOf(LocalAnswer.Failed.class, answer).message();
            assertTrue(message.contains("the answer is too long"), message);
        }
    }

    @Test
    void nothingRunningIsAClearSentence() throws IOException {
        String message =
                assertInstanceOf(LocalAnswer.NotRunning.class, ask("/echo")).message();
        assertTrue(message.startsWith("fairlead proxy is not running here: there is no " + socket()), message);
        leaveStaleSocket();
        message = assertInstanceOf(LocalAnswer.NotRunning.class, ask("/echo")).message();
        assertEquals("fairlead proxy is not running: nobody answers on " + socket(), message);
    }

    private void leaveStaleSocket() throws IOException {
        Files.createDirectories(runDir());
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket()));
        }
        assertTrue(Files.exists(socket()), "a process that dies leaves its socket");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SSH-2.0-OpenSSH\r\n",
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
            })
    void oddAnswersAreFailuresAndNeverHang(String answer) throws IOException, InterruptedException {
        Files.createDirectories(runDir());
        try (ServerSocketChannel odd = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            odd.bind(UnixDomainSocketAddress.of(socket()));
            Thread thread = Thread.ofVirtual().start(() -> answerOnce(odd, answer));
            assertInstanceOf(LocalAnswer.Failed.class, ask("/echo"), answer);
            thread.join();
        }
    }

    private static void answerOnce(ServerSocketChannel listener, String answer) {
        try (SocketChannel connection = listener.accept()) {
            connection.read(ByteBuffer.allocate(1024));
            connection.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void silenceEndsWithTheTimeout() throws IOException {
        Files.createDirectories(runDir());
        try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(socket()));
            LocalAnswer answer = ask("/echo", Map.of(), Duration.ofMillis(100), 1000);
            String message = assertInstanceOf(LocalAnswer.Failed.class, answer).message();
            assertTrue(message.endsWith("no answer within 100 ms"), message);
        }
    }

    @Test
    void onlyTheOwnerMayOpenTheSocketAndNothingElseIsLeft() throws IOException {
        try (HttpServer _ = start()) {
            assertEquals("rw-------", mode(socket()));
            assertEquals("rw-------", mode(runDir().resolve("proxy.lock")));
            assertEquals(List.of("proxy.lock", "proxy.sock"), files());
        }
        assertEquals(List.of("proxy.lock"), files());
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(runDir())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aDeadProcesssSocketIsReplaced() throws IOException {
        leaveStaleSocket();
        try (HttpServer _ = start()) {
            assertInstanceOf(LocalAnswer.Delivered.class, ask("/echo"));
        }
    }

    @Test
    void aLivingProcesssSocketIsLeftAlone() {
        try (HttpServer _ = start()) {
            String message = refusal(this::start);
            assertTrue(
                    message.startsWith("cannot listen on " + socket() + ": process "
                            + ProcessHandle.current().pid() + " serves it"),
                    message);
            assertInstanceOf(LocalAnswer.Delivered.class, ask("/echo"));
        }
        start().close();
    }

    @Test
    void anotherProcesssLockCounts() throws IOException, InterruptedException {
        Files.createDirectories(runDir());
        Path lock = runDir().resolve("proxy.lock");
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        lock.toString())
                .start();
        try {
            assertEquals("locked", holder.inputReader().readLine());
            assertThrows(ListenException.class, this::start);
        } finally {
            holder.destroyForcibly().waitFor();
        }
        start().close();
    }

    /** Holds a lock until it is killed. Confined to the thread of its main. */
    static final class LockHolder {
        private LockHolder() {}

        public static void main(String[] words) throws IOException {
            try (FileChannel channel =
                    FileChannel.open(Path.of(words[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock();
                new java.io.PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true)
                        .println("locked");
                System.in.read();
            }
        }
    }

    @Test
    void otherFilesAreLeftAlone() throws IOException {
        Files.createDirectories(runDir());
        Files.writeString(socket(), "precious");
        String message = refusal(this::start);
        assertTrue(message.contains("no socket"), message);
        assertEquals("precious", Files.readString(socket()));
        Files.delete(socket());
        Files.createSymbolicLink(socket(), folder.resolve("elsewhere"));
        assertThrows(ListenException.class, this::start);
        assertFalse(Files.exists(folder.resolve("elsewhere")));
    }

    private static String refusal(Executable start) {
        return String.valueOf(assertThrows(ListenException.class, start).getMessage());
    }

    @Test
    void pathsThatLinuxCannotTakeAreToldAtOnce() {
        HttpEndpoint.Unix endpoint = new HttpEndpoint.Unix(runDir().resolve("x".repeat(120) + ".sock"));
        String message = refusal(() -> HttpServer.start(endpoint, Map.of(), HttpLimits.DEFAULT));
        assertTrue(message.contains("107 bytes"), message);
    }
}
