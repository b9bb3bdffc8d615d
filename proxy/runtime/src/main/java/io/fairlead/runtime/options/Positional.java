package io.fairlead.runtime.options;

/**
 * A word of the command line that has its meaning by its place.
 *
 * <p>Immutable.
 *
 * @param title how help and messages call it, in capitals, for example {@code FROM}
 * @param description what it means
 * @param format how its text becomes a value
 * @param required whether the command cannot do without
 */
public record Positional<T>(String title, String description, ValueFormat<T> format, boolean required)
        implements Argument<T> {

    public static <T> Positional<T> required(String title, ValueFormat<T> format, String description) {
        return new Positional<>(title, description, format, true);
    }

    public static <T> Positional<T> optional(String title, ValueFormat<T> format, String description) {
        return new Positional<>(title, description, format, false);
    }
}
