package io.fairlead.cluster.source;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.InvalidInput;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A directory of manifests as the whole cluster: YAML and JSON, several documents in a file, {@code List} kinds,
 * sub-folders. Kinds that are none of ours are ignored. Changes are seen as they happen.
 *
 * <p><b>What holds when something is wrong.</b> A file that cannot be parsed is set aside with file, line and reason;
 * what it said before stays in force. An object that cannot be honoured is set aside alone. An object that is in two
 * files is taken from the first path, and reported. A file that is gone takes its objects with it, but a directory that
 * is gone does not: everything stays in force until it is back and filled.
 *
 * <p><b>Files in the making.</b> A file is read when it was quiet for some milliseconds. News that take something away
 * (a lost object, a broken file, no file), or that contradict another file, must hold for longer, because an editor that
 * empties a file before it writes it again, or renames it for a moment, must not cut off a Service. A file that is never
 * quiet is read nevertheless, every half second or more often; its bad news must hold through many readings.
 *
 * <p>Thread-safe.
 */
public final class ManifestSource implements AutoCloseable {

    private static final Logger LOG = System.getLogger(ManifestSource.class.getName());

    /** After the first quiet moment; together well under 100 ms. */
    private static final Duration BAD_NEWS_QUIET = Duration.ofMillis(45);

    /** Of a file that is written all the time, so that an emptied one is not taken for its next version by chance. */
    private static final Duration RESTLESS_BAD_NEWS = Duration.ofMillis(450);

    private static final Duration UNSTABLE_QUIET = Duration.ofMillis(15);

    /** A file that changes under every reading must not keep the rest from being published. */
    private static final Duration FIRST_SCAN_MAX = Duration.ofSeconds(2);

    /** Between looks for what is wanted; short, because somebody waits for it. */
    private static final Duration SELECTION_PERIOD = Duration.ofMillis(10);

    private final Path directory;
    private final ClusterSink sink;
    private final Thread thread;
    private volatile Status status = new Status(0, 0, 0, true);

    // The source's thread only.
    private final ManifestReader reader;
    private final ManifestIndex index = new ManifestIndex();
    private final SourceScope scope;

    /** Of each kind of which only some objects are wanted, those that are. */
    private final Map<ClusterKind, Set<ObjectName>> selected = new TreeMap<>();

    /** Files whose bad news wait for confirmation. */
    private final Map<String, Doubt> doubted = new HashMap<>();

    private boolean synced;

    /**
     * What the source has read.
     *
     * <p>Immutable.
     *
     * @param files that say something
     * @param filesInTrouble of these, those with something that cannot be honoured
     * @param ignored objects of kinds that are none of ours, and Nodes other than this one
     * @param present whether the directory is there
     */
    public record Status(int files, int filesInTrouble, int ignored, boolean present) {}

    /**
     * What a file has been saying since a time.
     *
     * <p>Immutable.
     */
    private record Doubt(ManifestFile content, long sinceNanos) {}

    public ManifestSource(Path directory, SourceScope scope, ClusterSink sink) {
        this.directory = directory;
        this.sink = sink;
        this.scope = scope;
        this.reader = new ManifestReader(scope);
        this.thread = Thread.ofPlatform().daemon().name("manifests").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    public Status status() {
        return status;
    }

    /** Stops watching and waits until nothing more is offered. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long startNanos = System.nanoTime();
        boolean present = true;
        try (DirectoryWatch watch = new DirectoryWatch(directory)) {
            while (!Thread.currentThread().isInterrupted()) {
                take(watch.await(synced ? patience() : UNSTABLE_QUIET), watch, true);
                scope.selected().forEach(resource -> select(resource, watch));
                if (present != watch.isPresent()) {
                    present = watch.isPresent();
                    tell(watch);
                    LOG.log(
                            Level.WARNING,
                            present
                                    ? "the manifest directory " + directory + " is there"
                                    : "the manifest directory " + directory
                                            + " is missing; nothing changes until it is there");
                }
                boolean patient = System.nanoTime() - startNanos < FIRST_SCAN_MAX.toNanos();
                if (!synced && watch.isPresent() && (watch.isQuiet() || !patient)) {
                    take(watch.takeUnsettled(), watch, false);
                    synced = true;
                    sink.offer(new ClusterChange.Synced());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** No event of a file says that other objects are wanted, so that has to be looked for. */
    private Duration patience() {
        return scope.selected().isEmpty() ? Duration.ofSeconds(5) : SELECTION_PERIOD;
    }

    /** Reads files again that speak of objects that became wanted, or are not any more. */
    @SuppressWarnings("ReferenceEquality") // Each selection is another set.
    private void select(SelectedResource<?> resource, DirectoryWatch watch) {
        ClusterKind kind = resource.kind().kind();
        Set<ObjectName> known = selected.getOrDefault(kind, Set.of());
        Set<ObjectName> wanted = resource.selection().names();
        if (wanted == known) {
            return;
        }
        selected.put(kind, wanted);
        Set<ObjectName> changed = new TreeSet<>(known);
        changed.addAll(wanted);
        changed.removeIf(name -> known.contains(name) && wanted.contains(name));
        Set<String> files = new TreeSet<>();
        for (ObjectName name : changed) {
            List<String> mentions = index.mentions(new ObjectKey(kind, name));
            files.addAll(mentions);
            if (!wanted.contains(name)) {
                sink.offer(new ClusterChange.Delete(kind, name));
            } else if (mentions.isEmpty()) {
                sink.offer(absent(kind, name));
            }
        }
        take(List.copyOf(files), watch, false);
    }

    private static ClusterChange absent(ClusterKind kind, ObjectName name) {
        return new ClusterChange.SetAside(kind, name, "manifests", SelectedItems.ABSENT);
    }

    /** @param patient whether what is not certain may be read again later */
    private void take(List<String> names, DirectoryWatch watch, boolean patient) {
        if (names.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        Map<String, ManifestFile> contents = new TreeMap<>();
        for (String name : names) {
            FileStamp stamp = FileStamp.of(watch.path(name));
            ManifestFile content = read(name, stamp, watch);
            if (patient && !stamp.equals(FileStamp.of(watch.path(name)))) {
                watch.again(name, now + UNSTABLE_QUIET.toNanos());
            } else if (isDoubtful(name, content) && !isConfirmed(name, content, watch, now)) {
                watch.again(name, now + BAD_NEWS_QUIET.toNanos());
            } else {
                doubted.remove(name);
                watch.seen(name, stamp);
                contents.put(name, content);
            }
        }
        for (ClusterChange change : index.replace(contents)) {
            sink.offer(change);
            if (change instanceof ClusterChange.Delete(ClusterKind kind, ObjectName name)
                    && scope.isSelected(kind, name)) {
                sink.offer(absent(kind, name));
            }
        }
        tell(watch);
    }

    private void tell(DirectoryWatch watch) {
        status = new Status(index.size(), index.inTrouble(), index.ignored(), watch.isPresent());
    }

    /** Whether the file has been naming the same objects and problems for long enough. */
    private boolean isConfirmed(String name, ManifestFile content, DirectoryWatch watch, long now) {
        Doubt doubt = doubted.get(name);
        if (doubt == null || !doubt.content.namesTheSame(content)) {
            doubted.put(name, new Doubt(content, now));
            return false;
        }
        Duration hold = watch.isRestless(name) ? RESTLESS_BAD_NEWS : BAD_NEWS_QUIET;
        return now - doubt.sinceNanos >= hold.toNanos();
    }

    private ManifestFile read(String name, FileStamp stamp, DirectoryWatch watch) {
        ManifestFile former = index.file(name);
        if (stamp.equals(FileStamp.GONE)) {
            return ManifestFile.EMPTY;
        }
        try {
            return reader.read(watch.path(name), name).after(former);
        } catch (InvalidInput e) {
            return former.broken(name, e);
        } catch (IOException e) {
            return former.broken(name, new InvalidInput("cannot be read: " + e, 0));
        } catch (RuntimeException e) {
            // A defect of a parser that a strange file brings to light must not stop the other files.
            LOG.log(Level.ERROR, "reading " + watch.path(name), e);
            return former.broken(name, new InvalidInput("cannot be read: " + e, 0));
        }
    }

    /** Whether the news take something away, or may be one half of an object's move to another file, or of a save. */
    private boolean isDoubtful(String name, ManifestFile content) {
        ManifestFile former = index.file(name);
        boolean loses = synced
                ? former.losesTo(content) || index.isContested(name, content)
                : content.equals(ManifestFile.EMPTY);
        return loses || content.problems().size() > former.problems().size();
    }
}
