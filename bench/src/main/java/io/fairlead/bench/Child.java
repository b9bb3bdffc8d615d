package io.fairlead.bench;

import io.fairlead.bench.process.Figures;
import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that runs in a network namespace of its own, which it is born in. Its output goes to a file.
 *
 * <p>Confined to the thread that started it.
 */
final class Child implements AutoCloseable {

    private static final long STOP_SECONDS = 30;

    private final String name;
    private final Process process;
    private final Path output;
    private final long startedAt;

    private Child(String name, Process process, Path output, long startedAt) {
        this.name = name;
        this.process = process;
        this.output = output;
        this.startedAt = startedAt;
    }

    /** Starts a command in a namespace. */
    static Child start(NetNs namespace, List<String> command) {
        try {
            Path output = Files.createTempFile("fairlead-bench-", ".out");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(output.toFile());
            // As the launcher does.
            builder.environment().put("MALLOC_ARENA_MAX", "1");
            long startedAt = System.nanoTime();
            Process process = namespace.run(builder::start);
            return new Child(command.getFirst(), process, output, startedAt);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a measured program in a fresh namespace to its end and returns what it says. */
    static Figures measure(Jvm jvm, Class<?> program, List<String> arguments, long secondsMax) {
        List<String> command = jvm.command();
        command.add(program.getName());
        command.addAll(arguments);
        try (NetNs namespace = NetNs.anonymous();
                Child child = start(namespace, command)) {
            return Figures.parse(child.join(secondsMax));
        }
    }

    long pid() {
        return process.pid();
    }

    /** As {@link System#nanoTime}. */
    long startedAt() {
        return startedAt;
    }

    /** Waits for the end and returns the output; the exit code must be 0. */
    String join(long secondsMax) {
        try {
            if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " did not end within " + secondsMax + " s: " + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException(name + " ended with " + process.exitValue() + ": " + output());
        }
        return output();
    }

    /** Polls the output until it holds this text; fails when the program ends before, or takes longer. */
    void awaitOutput(String text, long secondsMax) throws InterruptedException {
        if (!says(text, secondsMax)) {
            throw new IllegalStateException(name + " did not say '" + text + "': " + output());
        }
    }

    /** Polls the output until it holds this text, and whether it did in time; fails when the program ends before. */
    boolean says(String text, long secondsMax) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(secondsMax);
        while (!output().contains(text)) {
            if (process.waitFor(1, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(name + " did not say '" + text + "': " + output());
            }
            if (System.nanoTime() > deadline) {
                return false;
            }
        }
        return true;
    }

    /** Polls until somebody listens on this port of loopback; fails when the program ends before. */
    void awaitPort(NetNs namespace, int port, long secondsMax) throws InterruptedException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(secondsMax);
        while (!namespace.run(() -> isOpen(address))) {
            if (System.nanoTime() > deadline || process.waitFor(1, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(name + " does not listen at " + address + ": " + output());
            }
        }
    }

    private static boolean isOpen(InetSocketAddress address) {
        try (SocketChannel channel = SocketChannel.open()) {
            return channel.connect(address);
        } catch (IOException e) {
            return false;
        }
    }

    private String output() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks the program to end, as an operator does, and waits for it. */
    void stop() {
        // unshare(1) leaves signals to the program that it has started.
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
        try {
            Files.deleteIfExists(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
