package io.fairlead.lab.run;

import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One run of the lab: whoever builds something that outlives a process (a named namespace, a control group, a child process, a file)
 * gets it from here, and {@link #close} removes all of it. What a run that was killed could not remove, the next one
 * removes when it starts.
 *
 * <p>Thread-safe: a signal may close it in the middle of building.
 */
public final class LabRun implements AutoCloseable {

    /** Where runs live unless told otherwise. */
    public static final Path DEFAULT_BASE = Path.of("/run/fairlead-lab");

    private final Path base;
    private final RunFolder folder;
    private final int leftoversRemoved;
    private boolean closed;

    private LabRun(Path base, RunFolder folder, int leftoversRemoved) {
        this.base = base;
        this.folder = folder;
        this.leftoversRemoved = leftoversRemoved;
    }

    /**
     * Removes what dead runs left behind and begins a new one.
     *
     * @param base the folder of all runs; runs see each other only in the same one
     * @throws LabException if the folder cannot be used or something cannot be removed
     */
    public static LabRun start(Path base) {
        List<RunFolder> leftovers = RunFolder.leftovers(base);
        leftovers.forEach(RunFolder::remove);
        return new LabRun(base, RunFolder.create(base, ProcessIdentity.ofThisProcess()), leftovers.size());
    }

    /** A few letters that no other run has. */
    public String name() {
        return folder.name();
    }

    /** The folder for the files of this run. */
    public Path folder() {
        return folder.path();
    }

    /** How many dead runs were tidied up. */
    public int leftoversRemoved() {
        return leftoversRemoved;
    }

    /** What {@code ip netns} calls the namespace of a host. */
    public String namespaceName(String host) {
        return folder.namespace(host);
    }

    /** Makes a named namespace, which goes with this run; the caller closes the handle. */
    public synchronized NetNs createNamespace(String host) {
        requireOpen();
        return NetNs.create(namespaceName(host));
    }

    /**
     * Makes a control group for a host in each hierarchy of this machine, each with a child {@code init}. They go with
     * this run, and so does whatever runs in them.
     *
     * @return their folders
     */
    public synchronized List<Path> createCgroups(String host) {
        requireOpen();
        return Cgroups.create(folder.namespace(host));
    }

    /** Starts a process inside a namespace; it is killed when this run ends. */
    public synchronized Process start(ProcessBuilder program, NetNs namespace) {
        requireOpen();
        try {
            // The child is cloned from the calling thread and so is born in the thread's namespace.
            Process process = namespace.run(program::start);
            ProcessIdentity.of(process.pid()).ifPresent(folder::addChild);
            return process;
        } catch (IOException e) {
            throw new LabException("cannot start " + program.command().getFirst() + ": " + e.getMessage(), e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new LabException("the lab is being removed");
        }
    }

    /** Removes everything; nothing can be made afterwards. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            folder.remove();
            RunFolder.removeIfEmpty(base);
        }
    }
}
