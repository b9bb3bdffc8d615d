package io.fairlead.lab.kube;

import io.fairlead.lab.run.LabException;
import io.fairlead.lab.run.LabRun;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A cluster that stands on this machine until somebody takes it down, owned by a process in the background. All that others
 * know of it is in one folder: a lock, which the owner holds as long as it lives, its log, and the kubeconfig, which is
 * there once the cluster is ready.
 *
 * <p>Thread-safe.
 *
 * @param folder readable by root only; on a disk, since a node takes some hundred megabytes
 */
public record StandingCluster(Path folder) {

    /** Where it is unless told otherwise. */
    public static final Path DEFAULT_FOLDER = Path.of("/var/lib/fairlead-cluster");

    private static final Duration DOWN_TIMEOUT = Duration.ofSeconds(60);
    private static final long POLL_NANOS = 50_000_000;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /**
     * What a cluster is made of.
     *
     * <p>Immutable.
     *
     * @param images archives to load into every node besides its own
     */
    public record Plan(int nodes, KubeCluster.Proxy proxy, Judges judges, List<Path> images) {
        public Plan {
            images = List.copyOf(images);
        }
    }

    /** Where kubectl and others find how to reach it. */
    public Path kubeconfig() {
        return folder.resolve("kubeconfig");
    }

    public Path log() {
        return folder.resolve("cluster.log");
    }

    private Path lock() {
        return folder.resolve("lock");
    }

    private Path runs() {
        return folder.resolve("runs");
    }

    /** The process that owns it, if it stands or is about to. */
    public Optional<ProcessHandle> owner() {
        try (FileChannel channel = FileChannel.open(lock(), StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock mine = channel.tryLock()) {
            if (mine != null) {
                return Optional.empty();
            }
            return ProcessHandle.of(Long.parseLong(Files.readString(lock()).strip()));
        } catch (NoSuchFileException neverStood) {
            return Optional.empty();
        } catch (NumberFormatException beginning) {
            throw new LabException("a cluster is just being started in " + folder);
        } catch (IOException e) {
            throw new LabException("cannot look into " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Makes the folder that the owner's log goes to. */
    public void prepare() {
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            Files.deleteIfExists(kubeconfig());
        } catch (IOException e) {
            throw new LabException("cannot make " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * Waits until it is ready, and shows what its owner says meanwhile.
     *
     * @return whether it is; false if the owner ended before
     */
    public boolean follow(Process owner, Consumer<String> lines) {
        int shown = 0;
        while (true) {
            boolean ended = !owner.isAlive();
            boolean ready = Files.exists(kubeconfig());
            String said = said();
            for (int end = said.indexOf('\n', shown); end >= 0; end = said.indexOf('\n', shown)) {
                lines.accept(said.substring(shown, end));
                shown = end + 1;
            }
            if (ready || ended) {
                return ready && !ended;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private String said() {
        try {
            return Files.readString(log());
        } catch (IOException notYet) {
            return "";
        }
    }

    /** Builds it and owns it, until a signal ends this process. */
    public void own(Plan plan, Consumer<String> progress) {
        long start = System.nanoTime();
        Consumer<String> timed =
                line -> progress.accept("%5.1f s  %s".formatted((System.nanoTime() - start) / 1e9, line));
        try (FileChannel channel = FileChannel.open(lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            if (held == null) {
                throw new LabException("a cluster stands already in " + folder);
            }
            channel.truncate(0)
                    .write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            try (LabRun run = LabRun.start(runs())) {
                Runtime.getRuntime().addShutdownHook(new Thread(run::close, "remove the cluster"));
                stand(run, plan, timed);
            }
        } catch (IOException e) {
            throw new LabException("cannot lock " + lock() + ": " + e.getMessage(), e);
        }
    }

    private void stand(LabRun run, Plan plan, Consumer<String> progress) throws IOException {
        try (KubeCluster cluster = KubeCluster.start(run, plan.judges(), plan.nodes(), plan.proxy(), progress)) {
            for (Path image : plan.images()) {
                cluster.loadImages(image);
                progress.accept(image.getFileName() + " is loaded");
            }
            InetSocketAddress api =
                    new InetSocketAddress(cluster.router().addresses().v4(), ControlPlane.PORT);
            try (ApiRelay relay = ApiRelay.open(0, cluster.router().namespace(), api)) {
                Path partial = folder.resolve("kubeconfig.partial");
                Files.deleteIfExists(partial);
                Files.createFile(partial, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
                Files.writeString(partial, cluster.kubeconfig("https://127.0.0.1:" + relay.port()));
                Files.move(partial, kubeconfig(), StandardCopyOption.ATOMIC_MOVE);
                new CountDownLatch(1).await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Takes it down, or removes what one left whose owner was killed.
     *
     * @return whether there was anything
     */
    public boolean down() {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        owner().ifPresent(StandingCluster::end);
        LabRun.start(runs()).close();
        try {
            for (Path file : List.of(kubeconfig(), log(), lock(), folder)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new LabException("cannot remove " + folder + ": " + e.getMessage(), e);
        }
        return true;
    }

    /** By SIGTERM, on which it removes everything; by SIGKILL if that takes too long. */
    private static void end(ProcessHandle owner) {
        owner.destroy();
        try {
            owner.onExit().get(DOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            owner.destroyForcibly();
            owner.onExit().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while the cluster is taken down", e);
        } catch (ExecutionException e) {
            throw new LabException("cannot wait for process " + owner.pid() + ": " + e.getMessage(), e);
        }
    }
}
