package io.fairlead.runtime.options;

/**
 * Something that a user can give a value to on the command line. Immutable.
 *
 * @param <T> the type of its value
 */
public sealed interface Argument<T> permits Option, Positional {

    /** How messages call it: {@code --node-name} or {@code FROM}. */
    String title();

    ValueFormat<T> format();
}
