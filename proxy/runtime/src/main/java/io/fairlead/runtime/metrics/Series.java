package io.fairlead.runtime.metrics;

import java.util.function.DoubleSupplier;

/** The number behind one metric name and one set of label values. Thread-safe. */
sealed interface Series permits Counter, Gauge, Histogram, Series.Observed {

    /**
     * A number that somebody else keeps. Micrometer holds the source of a counter weakly, so it is held here.
     * Thread-safe.
     */
    record Observed(DoubleSupplier source) implements Series {}
}
