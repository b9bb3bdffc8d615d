package io.fairlead.bench;

import java.util.List;

/**
 * A measurement that can be asked for by name.
 *
 * <p>Confined to the main thread.
 */
interface Benchmark {

    /** As on the command line. */
    String name();

    /** One line for people. */
    String summary();

    List<Row> run(Plan plan);

    /**
     * How thoroughly to measure.
     *
     * <p>Immutable.
     *
     * @param runs fresh processes for each row
     * @param tiny clusters of a few Services, to see that everything works; figures mean nothing then
     * @param tiering of the JVMs
     * @param aot whether JVMs start from an AOT cache, which is recorded first
     */
    record Plan(int runs, boolean tiny, Jvm.Tiering tiering, boolean aot) {

        Jvm jvm(int heapMegabytes) {
            return Jvm.shipped(heapMegabytes).with(tiering);
        }
    }
}
