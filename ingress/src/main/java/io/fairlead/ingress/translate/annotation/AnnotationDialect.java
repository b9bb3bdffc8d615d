package io.fairlead.ingress.translate.annotation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The annotations that begin alike.
 *
 * <p>Immutable.
 *
 * @param prefix with its slash
 * @param annotations by their names behind the prefix, in the order in which they are read
 */
public record AnnotationDialect(String prefix, Map<String, AnnotationSpec> annotations) {

    /** Our own. */
    public static final AnnotationDialect FAIRLEAD = of("fairlead.io/", List.of(FairleadAnnotation.values()));

    public AnnotationDialect {
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    private static AnnotationDialect of(String prefix, List<? extends AnnotationSpec> all) {
        Map<String, AnnotationSpec> byLabel = new LinkedHashMap<>();
        all.forEach(each -> byLabel.put(each.label(), each));
        return new AnnotationDialect(prefix, byLabel);
    }
}
