package io.fairlead.ingress.translate.annotation;

/**
 * One annotation of a dialect.
 *
 * <p>Immutable.
 */
public interface AnnotationSpec {

    /** Behind the dialect's prefix. */
    String label();

    /** Whether nothing may pass while the value is not valid. */
    boolean security();

    /** What it may be, for documents. */
    String accepts();

    /** What counts without it, for documents. */
    String whenAbsent();

    /** What it does: one clause, for documents. */
    String meaning();

    /**
     * Takes the value.
     *
     * @throws IllegalArgumentException if it cannot be used; the message says why, without the annotation's name
     */
    void read(String value, OptionsDraft draft);
}
