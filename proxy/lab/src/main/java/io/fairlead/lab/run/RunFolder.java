package io.fairlead.lab.run;

import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one run: who owns it and what must be removed with it. It is made before the first thing that it
 * stands for, and removed after the last.
 *
 * <p>Immutable; two processes may remove the same one at the same time.
 *
 * @param path its last part is the run's name
 */
record RunFolder(Path path) {

    private static final String OWNER = "owner";
    private static final String CHILDREN = "children";
    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int NAME_CHARS = 4;

    /** How long a folder may lack an owner before it counts as left behind. */
    private static final Duration WITHOUT_OWNER_MAX = Duration.ofSeconds(10);

    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5);
    private static final int DELETE_ATTEMPTS = 100;
    private static final long POLL_NANOS = 1_000_000;

    /** Makes a folder with a name that no other run has. */
    static RunFolder create(Path base, ProcessIdentity owner) {
        try {
            while (true) {
                Path path = Files.createDirectories(base).resolve(randomName());
                try {
                    Files.createDirectory(path);
                } catch (FileAlreadyExistsException | NoSuchFileException takenOrBaseRemovedByAnother) {
                    continue;
                }
                Files.writeString(path.resolve(OWNER), owner + "\n");
                return new RunFolder(path);
            }
        } catch (IOException e) {
            throw new LabException("cannot make a folder for this run in " + base + ": " + e.getMessage(), e);
        }
    }

    private static String randomName() {
        RandomGenerator random = RandomGenerator.getDefault();
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < NAME_CHARS; i++) {
            name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return name.toString();
    }

    /** The folders of runs that ended without tidying up. */
    static List<RunFolder> leftovers(Path base) {
        List<RunFolder> found = new ArrayList<>();
        try (Stream<Path> entries = Files.list(base)) {
            entries.filter(Files::isDirectory)
                    .map(RunFolder::new)
                    .filter(RunFolder::isLeftover)
                    .forEach(found::add);
        } catch (NoSuchFileException nobodyRanYet) {
            return List.of();
        } catch (IOException | UncheckedIOException e) {
            throw new LabException("cannot look for what earlier runs left in " + base + ": " + e.getMessage(), e);
        }
        return found;
    }

    private boolean isLeftover() {
        Optional<ProcessIdentity> owner = identities(OWNER).stream().findFirst();
        return owner.isPresent() ? !owner.get().isAlive() : age().compareTo(WITHOUT_OWNER_MAX) > 0;
    }

    private Duration age() {
        try {
            return Duration.between(Files.getLastModifiedTime(path).toInstant(), Instant.now());
        } catch (IOException gone) {
            return Duration.ZERO;
        }
    }

    private List<ProcessIdentity> identities(String file) {
        try {
            return Files.readAllLines(path.resolve(file)).stream()
                    .flatMap(line -> ProcessIdentity.parse(line).stream())
                    .toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    String name() {
        return String.valueOf(path.getFileName());
    }

    /** How a namespace of this run is called under {@code /run/netns}. */
    String namespace(String host) {
        return namespacePrefix() + host;
    }

    private String namespacePrefix() {
        return "fl-" + name() + "-";
    }

    void addChild(ProcessIdentity child) {
        try {
            Files.writeString(
                    path.resolve(CHILDREN), child + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new LabException("cannot write to " + path.resolve(CHILDREN) + ": " + e.getMessage(), e);
        }
    }

    /** Ends the processes, removes control groups and the names of the namespaces, and deletes the folder. */
    void remove() {
        List<ProcessIdentity> children = identities(CHILDREN);
        children.forEach(ProcessIdentity::kill);
        children.forEach(RunFolder::awaitEnd);
        Cgroups.remove(namespacePrefix());
        for (String name : NetNs.names()) {
            if (name.startsWith(namespacePrefix())) {
                NetNs.delete(name);
            }
        }
        delete();
    }

    /** Somebody may still be writing: a user's editor, or a thread of ours that has not noticed the end. */
    private void delete() {
        for (int attempt = 1; ; attempt++) {
            try {
                Files.walkFileTree(path, new Deletion());
                return;
            } catch (NoSuchFileException somebodyElseDid) {
                return;
            } catch (IOException e) {
                if (attempt == DELETE_ATTEMPTS || !(e instanceof DirectoryNotEmptyException)) {
                    throw new LabException("cannot remove " + path + ": " + e.getMessage(), e);
                }
            }
        }
    }

    /** Deletes the folder of all runs if this was the last one. */
    static void removeIfEmpty(Path base) {
        try {
            Files.deleteIfExists(base);
        } catch (DirectoryNotEmptyException others) {
            return;
        } catch (IOException e) {
            throw new LabException("cannot remove " + base + ": " + e.getMessage(), e);
        }
    }

    private static void awaitEnd(ProcessIdentity child) {
        long deadline = System.nanoTime() + KILL_TIMEOUT.toNanos();
        while (child.isAlive()) {
            if (System.nanoTime() > deadline) {
                throw new LabException("process " + child.pid() + " does not end");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Deletes what it visits, and does not follow symbolic links. Confined to one thread. */
    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
