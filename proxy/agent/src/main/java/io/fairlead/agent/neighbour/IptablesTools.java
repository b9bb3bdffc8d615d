package io.fairlead.agent.neighbour;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serial;
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
 * No shell is involved, and nothing but what {@code …-save} printed goes into {@code …-restore}.
 *
 * <p>Immutable.
 *
 * @param name as people call the tool, {@code ip6tables-legacy}
 */
record IptablesTools(String name, Path save, Path restore) {

    private static final Logger LOG = System.getLogger(IptablesTools.class.getName());

    private static final List<Path> FOLDERS = List.of(
            Path.of("/usr/sbin"), Path.of("/sbin"), Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/local/sbin"));

    private static final int SECONDS_MAX = 60;
    /** The lock of the legacy tools is held for seconds by whoever writes large tables. */
    private static final String LOCK_SECONDS = "30";

    private static final int COMPLAINT_CHARS_MAX = 500;

    /**
     * Which kernel interface a tool speaks.
     *
     * <p>Immutable.
     */
    enum Flavour {
        NFT("nft", "(nf_tables)"),
        LEGACY("legacy", "(legacy)");

        private final String suffix;
        private final String version;

        Flavour(String suffix, String version) {
            this.suffix = suffix;
            this.version = version;
        }
    }

    /** A tool could not be run, or refused. */
    static final class ToolException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        ToolException(String message) {
            super(message);
        }
    }

    /** @param plain {@code iptables} or {@code ip6tables} */
    static Optional<IptablesTools> find(String plain, Flavour flavour) {
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
            run(List.of(save.toString(), "--version"), "", version::append);
            return version.toString();
        } catch (ToolException e) {
            return "";
        }
    }

    /** Passes on what all tables hold, line by line: of a large cluster it is long. */
    void read(Consumer<String> lines) {
        run(List.of(save.toString()), "", lines);
    }

    /** Changes one table, all or nothing. */
    void apply(IptablesEdit edit) {
        run(List.of(restore.toString(), "--noflush", "-w", LOCK_SECONDS), edit.restore(), ignored -> {});
    }

    private static void run(List<String> command, String input, Consumer<String> lines) {
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
                throw new ToolException(command.getFirst() + " does not end");
            }
            reader.join();
            complaints.join();
            if (process.exitValue() != 0) {
                throw new ToolException(command.getFirst() + " ended with " + process.exitValue() + ": " + said);
            }
        } catch (IOException e) {
            throw new ToolException("cannot run " + command.getFirst() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ToolException(command.getFirst() + " was interrupted");
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
