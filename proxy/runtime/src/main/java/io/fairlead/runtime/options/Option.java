package io.fairlead.runtime.options;

import java.util.List;
import java.util.Optional;

/**
 * A named option: how it is written, what it means, how its text becomes a value.
 *
 * <p>Given twice, a list grows and any other option keeps the last value, as kube-proxy's flags do. Immutable.
 *
 * @param names all spellings, the one that messages use first, for example {@code --output} and {@code -o}
 * @param label what help shows for the value, for example {@code NAME}; empty for a flag
 * @param description what it is for, in one or two sentences
 * @param format how its text becomes a value
 * @param presence what happens when it is not given
 * @param defaultText the value for {@link Presence#DEFAULTED}, as a user would write it; else empty
 * @param repeatable whether several values, repeated or with commas between them, make one list
 */
public record Option<T>(
        List<String> names,
        String label,
        String description,
        ValueFormat<T> format,
        Presence presence,
        String defaultText,
        boolean repeatable)
        implements Argument<T> {

    /** What happens when an option is not given. Immutable. */
    public enum Presence {
        /** It has no value: ask {@link Arguments#find}. */
        OPTIONAL,
        /** It has its default. */
        DEFAULTED,
        /** The command line is refused. */
        REQUIRED
    }

    public Option {
        names = List.copyOf(names);
        for (String name : names) {
            if (!name.matches("-[a-z]|--[a-z][a-z0-9-]*")) {
                throw new IllegalArgumentException("not the name of an option: " + name);
            }
        }
        if (presence == Presence.DEFAULTED) {
            format.parse(defaultText);
        }
    }

    /** An option with one value. */
    public static <T> Option<T> of(String name, String label, ValueFormat<T> format, String description) {
        return new Option<>(List.of(name), label, description, format, Presence.OPTIONAL, "", false);
    }

    /** An option with a list of values, empty unless given. */
    public static <T> Option<List<T>> list(String name, String label, ValueFormat<T> element, String description) {
        ValueFormat<List<T>> format = ValueFormats.listOf(element);
        return new Option<>(List.of(name), label, description, format, Presence.DEFAULTED, "", true);
    }

    /** A switch that is off unless given: {@code --name}, {@code --name=true}, {@code --name=false}. */
    public static Option<Boolean> flag(String name, String description) {
        return new Option<>(List.of(name), "", description, ValueFormats.bool(), Presence.DEFAULTED, "false", false);
    }

    /** The same with a second spelling. */
    public Option<T> alias(String name) {
        return new Option<>(
                List.of(names.getFirst(), name), label, description, format, presence, defaultText, repeatable);
    }

    /** The same with a default, written as a user would write it. */
    public Option<T> orElse(String text) {
        return new Option<>(names, label, description, format, Presence.DEFAULTED, text, repeatable);
    }

    /** The same, but the command cannot do without it. */
    public Option<T> required() {
        return new Option<>(names, label, description, format, Presence.REQUIRED, "", repeatable);
    }

    /** The value when it is not given; nothing unless it has a default. */
    public Optional<T> preset() {
        return presence == Presence.DEFAULTED ? Optional.ofNullable(format.parse(defaultText)) : Optional.empty();
    }

    @Override
    public String title() {
        return names.getFirst();
    }

    boolean isFlag() {
        return label.isEmpty();
    }
}
