package io.fairlead.ingress.translate.annotation;

import io.fairlead.cluster.source.decode.Quoted;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Reads the annotations of Ingresses.
 *
 * <p>Immutable.
 *
 * @param dialects that are understood; where two speak of one thing, the later one counts
 */
public record AnnotationReader(List<AnnotationDialect> dialects) {

    /** The class of an Ingress that has no {@code ingressClassName}; deprecated, and in use. */
    public static final String LEGACY_CLASS = "kubernetes.io/ingress.class";

    public AnnotationReader {
        dialects = List.copyOf(dialects);
    }

    /** Whether an annotation of this name means something here, or should. */
    public boolean understands(String name) {
        for (AnnotationDialect dialect : dialects) {
            if (name.startsWith(dialect.prefix())) {
                return true;
            }
        }
        return name.equals(LEGACY_CLASS);
    }

    /**
     * What annotations say.
     *
     * <p>Immutable.
     *
     * @param faults of single annotations, in a stable order
     */
    public record Reading(IngressOptions options, List<Fault> faults) {

        public Reading {
            faults = List.copyOf(faults);
        }
    }

    /**
     * An annotation that cannot be used.
     *
     * <p>Immutable.
     *
     * @param known whether there is one of this name
     * @param security whether nothing may pass until it is right
     * @param message names it
     */
    public record Fault(boolean known, boolean security, String message) {}

    /**
     * Reads the annotations of one Ingress.
     *
     * @param policy what holds where they say nothing else
     * @param toHttps whether requests for a host with TLS are sent to https, where they do not say
     */
    public Reading read(Map<String, String> annotations, ForwardPolicy policy, boolean toHttps) {
        OptionsDraft draft = new OptionsDraft(policy, toHttps);
        if (annotations.isEmpty()) {
            return new Reading(draft.build(), List.of());
        }
        List<Fault> faults = new ArrayList<>();
        for (AnnotationDialect dialect : dialects) {
            dialect.annotations().forEach((label, annotation) -> {
                String value = annotations.get(dialect.prefix() + label);
                if (value != null) {
                    read(dialect.prefix() + label, annotation, value, draft, faults);
                }
            });
            for (String name : new TreeSet<>(annotations.keySet())) {
                boolean ours = name.startsWith(dialect.prefix());
                if (ours
                        && !dialect.annotations()
                                .containsKey(name.substring(dialect.prefix().length()))) {
                    faults.add(new Fault(false, false, "there is no annotation " + Quoted.of(name)));
                }
            }
        }
        return new Reading(draft.build(), faults);
    }

    private static void read(
            String name, AnnotationSpec annotation, String value, OptionsDraft draft, List<Fault> faults) {
        try {
            annotation.read(value.strip(), draft);
        } catch (IllegalArgumentException e) {
            faults.add(new Fault(true, annotation.security(), "annotation " + name + ": " + e.getMessage()));
        }
    }
}
