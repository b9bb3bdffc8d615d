package io.fairlead.runtime.options;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One word of the program that does something: its options, its positional words, its help.
 *
 * <p>Immutable.
 *
 * @param name the word, for example {@code explain}
 * @param summary what it does, one sentence for the list of commands
 * @param arguments options and positional words in the order in which help shows them
 * @param resolver second look at the values before the rules, for example at a configuration file that one of them names
 * @param checks rules that look at more than one value
 * @param examples complete command lines, each with a blank and {@code #} before its comment if it has one
 */
public record Command(
        String name,
        String summary,
        List<Argument<?>> arguments,
        Function<Arguments, Resolved> resolver,
        List<Check> checks,
        List<String> examples) {

    /**
     * What a second look made of the values. Immutable.
     *
     * @param mistakes one sentence each
     */
    public record Resolved(Arguments arguments, List<String> mistakes) {
        public Resolved {
            mistakes = List.copyOf(mistakes);
        }
    }

    /**
     * A rule over several values. It is left out when one of them is already known to be wrong. Immutable.
     *
     * @param about the arguments that it reads
     * @param mistake one sentence about what is wrong, or nothing
     */
    public record Check(List<Argument<?>> about, Function<Arguments, Optional<String>> mistake) {
        public Check {
            about = List.copyOf(about);
        }
    }

    public Command {
        arguments = List.copyOf(arguments);
        checks = List.copyOf(checks);
        examples = List.copyOf(examples);
    }

    public static Command of(String name, String summary) {
        return new Command(
                name, summary, List.of(), arguments -> new Resolved(arguments, List.of()), List.of(), List.of());
    }

    /** The same with more options or positional words. */
    public Command with(Argument<?>... more) {
        return new Command(name, summary, plus(arguments, List.of(more)), resolver, checks, examples);
    }

    /**
     * The same with a second look. It sees values that are right one by one; those that are wrong are missing, so it
     * asks {@link Arguments#find}.
     */
    public Command resolve(Function<Arguments, Resolved> secondLook) {
        return new Command(name, summary, arguments, secondLook, checks, examples);
    }

    /** The same with one more rule; {@code about} names every argument that the rule reads. */
    public Command check(List<Argument<?>> about, Function<Arguments, Optional<String>> mistake) {
        return new Command(
                name, summary, arguments, resolver, plus(checks, List.of(new Check(about, mistake))), examples);
    }

    /** The same with more examples. */
    public Command example(String... more) {
        return new Command(name, summary, arguments, resolver, checks, plus(examples, List.of(more)));
    }

    private static <E> List<E> plus(List<E> some, List<E> more) {
        List<E> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}
