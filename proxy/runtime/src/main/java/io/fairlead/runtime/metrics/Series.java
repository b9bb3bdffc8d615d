package io.fairlead.runtime.metrics;

import java.util.function.DoubleSupplier;

/** The number behind one metric name and one set of label values. Thread-safe. */
sealed interface Series permits Counter, Gauge, Histogram, Series.Observed {

    /** A number that somebody else keeps and that is asked for when the page is read. Thread-safe. */
    record Observed(DoubleSupplier source) implements Series {}
}
