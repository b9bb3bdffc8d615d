package io.fairlead.lab.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A program that makes things and dies without tidying up. Prints the prefix of its namespaces and the number of its
 * child.
 *
 * <p>Confined to the main thread.
 */
public final class CrashingRun {

    static final int EXIT_CODE = 137;

    private CrashingRun() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] words) throws IOException {
        LabRun run = LabRun.start(Path.of(words[0]));
        run.createNamespace("one");
        Process child = run.start(
                new ProcessBuilder("sleep", "60")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD),
                run.createNamespace("two"));
        for (Path group : run.createCgroups("two")) {
            Files.writeString(group.resolve("init/cgroup.procs"), child.pid() + "\n");
        }
        System.out.println(run.namespaceName("") + " " + child.pid());
        System.out.flush();
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
