package io.fairlead.runtime.metrics;

import java.util.List;

/**
 * A metric as an operator sees it. Programs declare theirs as the constants of an enum, so that code, the generated page
 * of the documentation and the check of names all read one list.
 *
 * <p>Immutable.
 */
public interface MetricDescriptor {

    /** What kind of number it is. Immutable. */
    enum Kind {
        /** Only grows. */
        COUNTER,
        /** A state. */
        GAUGE,
        /** A distribution: how many observations were at most so much. */
        HISTOGRAM
    }

    /** The complete name, for example {@code fairlead_syncs_total}. */
    String metricName();

    Kind kind();

    /** One sentence: what it counts and what it tells. */
    String sentence();

    /** The names of its labels, in the order in which values are given. */
    default List<String> labels() {
        return List.of();
    }

    /** Upper bounds of a histogram's buckets, ascending, without infinity. */
    default List<Double> buckets() {
        return List.of();
    }
}
