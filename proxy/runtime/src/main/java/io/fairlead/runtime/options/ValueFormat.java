package io.fairlead.runtime.options;

import java.util.List;

/**
 * How the text of an option becomes a value. {@link ValueFormats} has the usual ones.
 *
 * <p>Thread-safe, since it has no state.
 *
 * @param <T> the type of the value
 */
public interface ValueFormat<T> {

    /**
     * The value that the text means.
     *
     * @throws IllegalArgumentException if it means none; the message may say why and may be empty, since
     *     {@link #accepted()} is shown with it
     */
    T parse(String text);

    /** What is accepted, to stand after "expected", for example {@code "a number from 1 to 65535"}. */
    String accepted();

    /** The values, if there are few, for a shell to complete; else none. */
    default List<String> words() {
        return List.of();
    }
}
