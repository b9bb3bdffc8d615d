package io.fairlead.lab.kube;

import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Programs of other projects, as {@code ./fairlead test --all} builds them.
 *
 * <p>Immutable.
 *
 * @param folder with a folder for each project
 */
public record Judges(Path folder) {

    /** The folder of a project's programs, without symbolic links. */
    Path project(String project) {
        try {
            return folder.resolve(project).toRealPath();
        } catch (IOException e) {
            throw new LabException("there is no " + folder.resolve(project) + "; './fairlead test --all' builds it", e);
        }
    }

    /** Where packages of the distribution are kept: beside the folder of all that the launcher builds. */
    Path cache() {
        return project("kubernetes").resolve("../../packages").normalize();
    }

    /** @throws LabException if it was not built */
    public Path program(String project, String name) {
        Path program = folder.resolve(project).resolve(name);
        if (!Files.isExecutable(program)) {
            throw new LabException("there is no " + program + "; './fairlead test --all' builds it");
        }
        return program;
    }

    /** Whether a server of others was unpacked, since the machine lacks it. */
    public boolean has(String server) {
        return Files.exists(servers().resolve(server));
    }

    private Path servers() {
        return folder.resolve("servers");
    }

    /** The words that start nginx or HAProxy: what was unpacked with all that it is linked with, else the machine's. */
    public List<String> server(String name) {
        String start = "LD_LIBRARY_PATH=\"$0\"/libraries exec \"$0\"/" + name + " \"$@\"";
        return has(name) ? List.of("sh", "-c", start, servers().toString()) : List.of(name);
    }
}
