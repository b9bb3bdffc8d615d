package io.fairlead.runtime.options;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The values of one command line, all of them valid.
 *
 * <p>Immutable.
 */
public final class Arguments {

    private final Map<Argument<?>, Object> values;
    private final Set<Argument<?>> given;

    Arguments(Map<Argument<?>, Object> values, Set<Argument<?>> given) {
        this.values = Map.copyOf(values);
        this.given = Set.copyOf(given);
    }

    /**
     * The value given, or the default.
     *
     * @throws IllegalStateException if it was not given and has no default: a bug, since {@link #find} is for those
     */
    public <T> T value(Argument<T> argument) {
        return find(argument)
                .orElseThrow(() -> new IllegalStateException(argument.title() + " is optional and has no default"));
    }

    /** The value given, or the default, or nothing. */
    @SuppressWarnings("unchecked") // The parser stored what this argument's own format gave.
    public <T> Optional<T> find(Argument<T> argument) {
        return Optional.ofNullable((T) values.get(argument));
    }

    /** Whether the user wrote it, so that a configuration file may decide where the user did not. */
    public boolean isGiven(Argument<?> argument) {
        return given.contains(argument);
    }

    /** The same as if the user had written this value, which {@link Command#resolve} uses. */
    public <T> Arguments with(Argument<T> argument, T value) {
        Map<Argument<?>, Object> changed = new HashMap<>(values);
        changed.put(argument, value);
        Set<Argument<?>> more = new HashSet<>(given);
        more.add(argument);
        return new Arguments(changed, more);
    }

    /** The same as if the user had not written this option. */
    public <T> Arguments without(Option<T> option) {
        Map<Argument<?>, Object> changed = new HashMap<>(values);
        changed.remove(option);
        option.preset().ifPresent(value -> changed.put(option, value));
        Set<Argument<?>> fewer = new HashSet<>(given);
        fewer.remove(option);
        return new Arguments(changed, fewer);
    }
}
