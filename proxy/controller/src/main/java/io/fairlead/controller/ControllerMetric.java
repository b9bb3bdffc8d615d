package io.fairlead.controller;

import io.fairlead.runtime.metrics.MetricDescriptor;
import java.util.List;

/**
 * Every metric of {@code fairlead controller}, a sentence each.
 *
 * <p>Immutable.
 */
public enum ControllerMetric implements MetricDescriptor {
    LEADER(
            "fairlead_controller_leader",
            Kind.GAUGE,
            "1 if this replica leads, else 0; the sum over all replicas is 1 but for moments."),
    CHANGES(
            "fairlead_controller_key_changes_total",
            Kind.COUNTER,
            "Changes of the shared keys that this replica wrote: made, published, taken into use, or removed."),
    FAILURES(
            "fairlead_controller_key_failures_total",
            Kind.COUNTER,
            "Times that the Secret of the shared keys could not be read or written; each is tried again."),
    UNREADABLE(
            "fairlead_controller_keys_unreadable",
            Kind.GAUGE,
            "1 while the leader leaves the Secret of the shared keys as it is because it does not understand it; an Event on it"
                    + " says why."),
    KEY_AGE(
            "fairlead_controller_key_age_seconds",
            Kind.GAUGE,
            "How long the shared key that writes has done so, on the leader; NaN elsewhere.",
            "purpose");

    private final String metricName;
    private final Kind kind;
    private final String sentence;

    @SuppressWarnings("ImmutableEnumChecker") // A copy that nobody can change.
    private final List<String> labels;

    ControllerMetric(String metricName, Kind kind, String sentence, String... labels) {
        this.metricName = metricName;
        this.kind = kind;
        this.sentence = sentence;
        this.labels = List.of(labels);
    }

    @Override
    public String metricName() {
        return metricName;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public String sentence() {
        return sentence;
    }

    @Override
    public List<String> labels() {
        return labels;
    }
}
