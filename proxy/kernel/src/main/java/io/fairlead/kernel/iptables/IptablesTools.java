package io.fairlead.kernel.iptables;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The programs {@code …-save} and {@code …-restore} of one flavour of iptables and one family, where they are installed.
 * No shell is involved. They work in the network namespace of the thread that calls.
 *
 * <p>Immutable.
 *
 * @param name as people call the tool, {@code ip6tables-legacy}
 */
public record IptablesTools(String name, Path save, Path restore) {

    private static final Logger LOG = System.getLogger(IptablesTools.class.getName());

    private static final List<Path> FOLDERS = List.of(
            Path.of("/usr/sbin"), Path.of("/sbin"), Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/local/sbin"));

    private static final int SECONDS_MAX = 60;
    /** RESOURCE_PROBLEM of the tools: somebody else has the lock, or changed the table meanwhile. */
    private static final int EXIT_BUSY = 4;

    private static final int COMPLAINT_CHARS_MAX = 500;

    /**
     * Which kernel interface a tool speaks.
     *
     * <p>Immutable.
     */
    public enum Flavour {
        NFT("nft", "(nf_tables)"),
        LEGACY("legacy", "(legacy)");

        private final String suffix;
        private final String version;

        Flavour(String suffix, String version) {
            this.suffix = suffix;
            this.version = version;
        }

        /** As in the names of the tools. */
        @Override
        public String toString() {
            return suffix;
        }
    }

    /** @param plain {@code iptables} or {@code ip6tables} */
    public static Optional<IptablesTools> find(String plain, Flavour flavour) {
        String name = plain + "-" + flavour.suffix;
        Optional<IptablesTools> named = find(name, name);
        // Where only one flavour is installed, it may have the plain names.
        return named.isPresent()
                ? named
                : find(plain, name).filter(tools -> tools.version().contains(flavour.version));
    }

    private static Optional<IptablesTools> find(String prefix, String name) {
        for (Path folder : FOLDERS) {
            Path save = folder.resolve(prefix + "-save");
            Path restore = folder.resolve(prefix + "-restore");
            if (Files.isExecutable(save) && Files.isExecutable(restore)) {
                return Optional.of(new IptablesTools(name, save, restore));
            }
        }
        return Optional.empty();
    }

    private String version() {
        try {
            StringBuilder version = new StringBuilder();
            run("ask the version of", List.of(save.toString(), "--version"), "", version::append);
            return version.toString();
        } catch (KernelException e) {
            return "";
        }
    }

    /**
     * Passes on what all tables hold, line by line: of a large cluster it is long.
     *
     * @throws KernelException if the tool cannot be run or complains
     */
    public void read(Consumer<String> lines) {
        run("read the tables of", List.of(save.toString()), "", lines);
    }

    /**
     * Changes tables, each all or nothing, and waits for whoever has the lock of the legacy tools.
     *
     * @param input what the tool reads
     * @param lockSeconds so long at most: whoever writes large tables holds the lock for seconds
     * @throws KernelException if the tool cannot be run or refuses; with {@link Errno#EAGAIN} if somebody else was at it
     */
    public void apply(String input, int lockSeconds) {
        run(
                "change the tables of",
                List.of(restore.toString(), "--noflush", "-w", Integer.toString(lockSeconds)),
                input,
                ignored -> {});
    }

    private void run(String operation, List<String> command, String input, Consumer<String> lines) {
        // Not in one stream: a warning would stand in the middle of a rule.
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        try {
            Process process = builder.start();
            StringBuilder said = new StringBuilder();
            Thread reader = reader(process.inputReader(StandardCharsets.UTF_8), lines);
            Thread complaints = reader(process.errorReader(StandardCharsets.UTF_8), line -> {
                if (said.length() < COMPLAINT_CHARS_MAX) {
                    said.append(line).append(' ');
                }
            });
            write(process, input);
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new KernelException(operation, name, 0, "the tool does not end");
            }
            reader.join();
            complaints.join();
            int exit = process.exitValue();
            if (exit != 0) {
                int errno = exit == EXIT_BUSY ? Errno.EAGAIN : 0;
                throw new KernelException(operation, name, errno, "exit code " + exit + ": " + said);
            }
        } catch (IOException e) {
            throw new KernelException(operation, name, 0, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KernelException(operation, name, Errno.EINTR, "interrupted");
        }
    }

    private static Thread reader(BufferedReader stream, Consumer<String> lines) {
        return Thread.ofPlatform().daemon().name("iptables").start(() -> {
            try (stream) {
                stream.lines().forEach(lines);
            } catch (IOException | UncheckedIOException e) {
                LOG.log(Level.DEBUG, "reading what iptables prints: {0}", e);
            }
        });
    }

    private static void write(Process process, String input) {
        try (OutputStream out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException ended) {
            // Its exit code and its last words say why it did not want to read.
        }
    }
}
