package io.fairlead.cluster.source;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells which manifest files of a directory to read again.
 *
 * <p><b>Events.</b> inotify names the file, so a change costs in proportion to itself. What an event cannot name (a new
 * folder, a swapped symbolic link, an overflow) leads to a walk, which compares every file's {@link FileStamp}; so does
 * the clock now and then, for what gives no events: targets of links, network file systems, too few inotify instances.
 *
 * <p><b>Settling.</b> inotify tells of a file while it is being written, and Java's watch service hides the end of the
 * writing. So a file is due only when it was quiet for a moment, or was never quiet for far longer than that.
 *
 * <p>Confined to the thread of its source.
 */
final class DirectoryWatch implements AutoCloseable {

    private static final Logger LOG = System.getLogger(DirectoryWatch.class.getName());

    /** A program that writes a file does not pause for so long between two writes. */
    private static final Duration QUIET = Duration.ofMillis(15);

    /** A file that something writes all the time must not wait for ever. */
    private static final Duration RESTLESS = Duration.ofMillis(500);

    /** What comes together is dealt with together. */
    private static final Duration GATHER = Duration.ofMillis(5);

    /** A directory that is back, or another one of its name, is being filled: nothing is due before that ends. */
    private static final Duration QUIET_AFTER_RETURN = Duration.ofSeconds(1);

    /** Between looks at everything; short where nothing else would tell. */
    private static final Duration WALK_PERIOD = Duration.ofSeconds(5);

    private static final Duration WALK_PERIOD_UNWATCHED = Duration.ofMillis(250);

    private final Path root;
    private final @Nullable WatchService watcher;
    private final Map<WatchKey, Path> watched = new HashMap<>();

    /** The files of the last look, by name below the root. */
    private final Map<String, FileStamp> known = new TreeMap<>();

    /** Files to read again, with the time at which they are due. */
    private final Map<String, Long> due = new TreeMap<>();

    /** Since when each file that changed has been waiting to be read well. */
    private final Map<String, Long> unsettledSince = new HashMap<>();

    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean walked;
    private boolean present;

    /** Of the directory, empty while it is missing. */
    private String inode = "";

    private String trouble = "";
    private long walkAtNanos = System.nanoTime();
    private long filledAtNanos = System.nanoTime();

    DirectoryWatch(Path root) {
        this.root = root.toAbsolutePath().normalize();
        this.watcher = newWatcher(this.root);
    }

    private static @Nullable WatchService newWatcher(Path root) {
        try {
            return root.getFileSystem().newWatchService();
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(
                    Level.WARNING,
                    "no inotify for " + root + " (" + e.getMessage() + "): looking every "
                            + WALK_PERIOD_UNWATCHED.toMillis() + " ms");
            return null;
        }
    }

    Path path(String name) {
        return root.resolve(name);
    }

    /** Whether the directory was there at the last look. */
    boolean isPresent() {
        return present;
    }

    /** Whether no file waits to be quiet. */
    boolean isQuiet() {
        return due.isEmpty();
    }

    /**
     * Waits until there are files to read again, or {@code max} has passed, and returns their names. Each is returned
     * again whenever it changes.
     *
     * @throws InterruptedException if the source is to end
     */
    List<String> await(Duration max) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + max.toNanos();
        while (true) {
            long now = System.nanoTime();
            if (now - walkAtNanos >= 0) {
                walk();
            }
            List<String> ready = takeDue();
            if (!ready.isEmpty() || now - giveUpNanos >= 0) {
                return ready;
            }
            long next = Math.min(giveUpNanos - now, walkAtNanos - now);
            if (present) {
                for (long dueNanos : due.values()) {
                    next = Math.min(next, Math.max(dueNanos, filledAtNanos) - now);
                }
            }
            takeEvents(Math.max(next, 0));
        }
    }

    /** Gives this file again at that time, or later if it changes once more and is not {@link #isRestless restless}. */
    void again(String name, long dueNanos) {
        unsettledSince.putIfAbsent(name, System.nanoTime());
        due.put(name, dueNanos);
    }

    /** Whether this file has been changing for so long that it will not be quiet soon. */
    boolean isRestless(String name) {
        long now = System.nanoTime();
        return now - unsettledSince.getOrDefault(name, now) > RESTLESS.toNanos();
    }

    /** Everything that waits to be quiet, as it is now. */
    List<String> takeUnsettled() {
        List<String> names = List.copyOf(due.keySet());
        due.clear();
        return names;
    }

    /** This is what was read, so that the next look at everything does not find it new. */
    void seen(String name, FileStamp stamp) {
        unsettledSince.remove(name);
        if (stamp.equals(FileStamp.GONE)) {
            known.remove(name);
        } else {
            known.put(name, stamp);
        }
    }

    /**
     * Takes what is due, and what is nearly due with it: two files that changed together are read together. Nothing is
     * due while the directory is missing, or is back and being filled, since its files only seem deleted.
     */
    private List<String> takeDue() {
        long now = System.nanoTime();
        if (!present || now - filledAtNanos < 0 || due.values().stream().noneMatch(dueNanos -> now - dueNanos >= 0)) {
            return List.of();
        }
        List<String> ready = new ArrayList<>();
        due.forEach((name, dueNanos) -> {
            if (now + GATHER.toNanos() - dueNanos >= 0) {
                ready.add(name);
            }
        });
        ready.forEach(due::remove);
        return ready;
    }

    private void takeEvents(long nanos) throws InterruptedException {
        if (watcher == null) {
            closed.await(nanos, TimeUnit.NANOSECONDS);
            return;
        }
        for (WatchKey key = watcher.poll(nanos, TimeUnit.NANOSECONDS); key != null; key = watcher.poll()) {
            Path folder = watched.get(key);
            for (WatchEvent<?> event : key.pollEvents()) {
                if (folder != null) {
                    happened(event, folder);
                }
            }
            if (!key.reset()) {
                watched.remove(key);
                walkSoon();
            }
        }
    }

    private void happened(WatchEvent<?> event, Path folder) {
        if (event.kind().equals(OVERFLOW) || !(event.context() instanceof Path child)) {
            walkSoon();
            return;
        }
        Path path = folder.resolve(child);
        if (!path.startsWith(root)) {
            // Of the parent folder, which is watched only for the root itself.
            return;
        }
        boolean structure = Files.isSymbolicLink(path)
                || Files.isDirectory(path)
                || event.kind().equals(ENTRY_DELETE) && watched.containsValue(path);
        if (filledAtNanos - System.nanoTime() > 0) {
            filledAtNanos = System.nanoTime() + QUIET_AFTER_RETURN.toNanos();
        }
        if (structure) {
            walkSoon();
        } else if (ManifestWalk.isManifest(child.toString())) {
            changed(ManifestWalk.name(root, path));
        }
    }

    private void changed(String name) {
        if (!due.containsKey(name) || !isRestless(name)) {
            again(name, System.nanoTime() + QUIET.toNanos());
        }
    }

    private void walkSoon() {
        walkAtNanos = Math.min(walkAtNanos, System.nanoTime() + GATHER.toNanos());
    }

    /** Looks at everything. While the directory is missing, what it said before stays in force. */
    private void walk() {
        ManifestWalk walk = new ManifestWalk(root, this::watch);
        String before = inode;
        inode = walk.run();
        present = !inode.isEmpty();
        if (present && !inode.equals(before) && walked) {
            filledAtNanos = System.nanoTime() + QUIET_AFTER_RETURN.toNanos();
        }
        if (root.getParent() != null) {
            watch(root.getParent());
        }
        Duration period = present && watcher != null ? WALK_PERIOD : WALK_PERIOD_UNWATCHED;
        walkAtNanos = System.nanoTime() + period.toNanos();
        if (present) {
            compare(walk, walked ? QUIET : Duration.ZERO);
        }
        walked = true;
    }

    private void compare(ManifestWalk walk, Duration quiet) {
        if (!trouble.equals(walk.trouble())) {
            trouble = walk.trouble();
            LOG.log(Level.WARNING, root + ": " + (trouble.isEmpty() ? "readable again" : trouble));
        }
        long dueNanos = System.nanoTime() + quiet.toNanos();
        walk.found().forEach((name, stamp) -> {
            if (!stamp.equals(known.put(name, stamp))) {
                due.putIfAbsent(name, dueNanos);
            }
        });
        if (trouble.isEmpty()) {
            known.keySet().removeIf(name -> {
                boolean gone = !walk.found().containsKey(name);
                if (gone) {
                    due.putIfAbsent(name, dueNanos);
                }
                return gone;
            });
        }
    }

    private void watch(Path folder) {
        if (watcher == null) {
            return;
        }
        try {
            watched.put(folder.register(watcher, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE), folder);
        } catch (IOException e) {
            // Gone again, or beyond fs.inotify.max_user_watches: the next walk finds what there is.
            LOG.log(Level.DEBUG, "no watch on " + folder + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        closed.countDown();
        if (watcher != null) {
            try {
                watcher.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
