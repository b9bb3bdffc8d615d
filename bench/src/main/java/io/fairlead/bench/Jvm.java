package io.fairlead.bench;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a JVM under measurement is started. One set of flags serves every row: the launcher's. Only the heap follows from
 * the memory limit of the row.
 *
 * <p>Immutable.
 *
 * @param heapMegabytes {@code -Xmx}
 * @param tiering {@link Tiering#FIRST} ships, the other is for comparison
 * @param cache an AOT cache to start from, or to record; {@link Cache.None} starts from the JDK's own
 * @param more flags of one program, behind those of all
 */
record Jvm(int heapMegabytes, Tiering tiering, Cache cache, List<String> more) {

    private static final String FIRST_TIER = "-XX:TieredStopAtLevel=1";

    /** Which compilers work. */
    enum Tiering {
        /** Only the quick one. */
        FIRST,
        /** Both, as the JDK decides. */
        DEFAULT
    }

    /** What is known before the start (JEP 514). */
    sealed interface Cache {

        /** Nothing but the JDK's own archive. */
        record None() implements Cache {}

        /** Starts from this file. */
        record Use(Path file) implements Cache {}

        /** Writes this file when the process ends. */
        record Save(Path file) implements Cache {}
    }

    static Jvm shipped(int heapMegabytes) {
        return new Jvm(heapMegabytes, Tiering.FIRST, new Cache.None(), List.of());
    }

    Jvm with(Cache other) {
        return new Jvm(heapMegabytes, tiering, other, more);
    }

    Jvm with(Tiering other) {
        return new Jvm(heapMegabytes, other, cache, more);
    }

    Jvm with(List<String> others) {
        return new Jvm(heapMegabytes, tiering, cache, others);
    }

    /** The command line up to the main class. */
    List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : Launcher.jvmFlags()) {
            if (tiering == Tiering.FIRST || !flag.equals(FIRST_TIER)) {
                command.add(flag);
            }
        }
        command.addAll(more);
        command.add("-Xmx" + heapMegabytes + "m");
        switch (cache) {
            case Cache.None ignored -> {}
            case Cache.Use(Path file) -> command.add("-XX:AOTCache=" + file);
            case Cache.Save(Path file) ->
                command.addAll(List.of(
                        "-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining", "-XX:AOTCacheOutput=" + file));
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        return command;
    }

    /** An AOT cache wants every entry of the class path to be a jar. */
    static boolean canCache() {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.endsWith(".jar")) {
                return false;
            }
        }
        return true;
    }
}
