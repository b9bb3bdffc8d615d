package io.fairlead.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * An AOT cache of a program under measurement, recorded by one run of it (JEP 514).
 *
 * <p>Confined to the main thread.
 */
final class AotCache implements AutoCloseable {

    private static final long SECONDS_MAX = 120;

    private final Jvm jvm;
    private final TemporaryFiles directory;

    private AotCache(Jvm jvm, TemporaryFiles directory) {
        this.jvm = jvm;
        this.directory = directory;
    }

    /** Trains with a run of the program; without, where the plan or the class path does not allow it. */
    static AotCache record(Benchmark.Plan plan, Jvm jvm, Class<?> program, List<String> arguments) {
        TemporaryFiles directory = TemporaryFiles.create();
        if (!plan.aot() || !Jvm.canCache()) {
            return new AotCache(jvm, directory);
        }
        Path file = directory.file("program.aot");
        Child.measure(jvm.with(new Jvm.Cache.Save(file)), program, arguments, SECONDS_MAX);
        return new AotCache(jvm.with(new Jvm.Cache.Use(file)), directory);
    }

    /** Starts from the cache, if there is one. */
    Jvm jvm() {
        return jvm;
    }

    @Override
    public void close() {
        directory.close();
    }
}
