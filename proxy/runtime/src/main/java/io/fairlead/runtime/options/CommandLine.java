package io.fairlead.runtime.options;

import io.fairlead.runtime.table.Printable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Understands the words that a program was started with: {@code program command [options] [words]}.
 *
 * <p>Every mistake is found in one pass and worded the same way. Options are written as for kube-proxy (the pflag library):
 * {@code --name value}, {@code --name=value}, {@code -n value}, {@code -nvalue}; {@code --} ends them, and underscores
 * in names count as hyphens. Immutable.
 */
public final class CommandLine {

    private static final int WORDS_MAX = 4096;
    private static final int SHOWN_CHARS_MAX = 100;

    private final String program;
    private final String summary;
    private final List<Command> commands;

    public CommandLine(String program, String summary, List<Command> commands) {
        this.program = program;
        this.summary = summary;
        this.commands = List.copyOf(commands);
    }

    /**
     * Does what the words ask for, or prints what they should have been.
     *
     * @param program returns its exit code
     * @return the exit code
     */
    public int run(List<String> words, PrintStream out, PrintStream err, ToIntFunction<Invocation.Run> program) {
        return switch (parse(words)) {
            case Invocation.Help help -> {
                out.print(help.text());
                yield 0;
            }
            case Invocation.Invalid invalid -> {
                err.print(invalid.text());
                yield Invocation.Invalid.EXIT_CODE;
            }
            case Invocation.Run run -> program.applyAsInt(run);
        };
    }

    /** What the words ask for. Never throws for what a user can write. */
    public Invocation parse(List<String> words) {
        if (words.size() > WORDS_MAX) {
            return invalid(List.of("more than " + WORDS_MAX + " words"), "");
        }
        String first = words.isEmpty() ? "help" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        if (!first.equals("help") && !HelpText.HELP.names().contains(first)) {
            return find(first).map(command -> parse(command, rest)).orElseGet(() -> unknownCommand(first));
        }
        if (rest.isEmpty()) {
            return new Invocation.Help(HelpText.ofProgram(program, summary, commands));
        }
        return find(rest.getFirst()).map(this::help).orElseGet(() -> unknownCommand(rest.getFirst()));
    }

    private Optional<Command> find(String name) {
        return commands.stream().filter(command -> command.name().equals(name)).findFirst();
    }

    private Invocation unknownCommand(String name) {
        if (name.startsWith("-")) {
            return invalid(List.of("the command comes first, options such as " + shown(name) + " after it"), "");
        }
        List<String> names = commands.stream().map(Command::name).toList();
        return invalid(
                List.of("unknown command '" + shown(name) + "'" + suggestion(name, names) + "; commands: "
                        + String.join(", ", names)),
                "");
    }

    private Invocation invalid(List<String> mistakes, String command) {
        String help = program + (command.isEmpty() ? "" : " " + command) + " --help";
        return new Invocation.Invalid(mistakes, "'" + help + "' shows what can be given");
    }

    private Invocation help(Command command) {
        return new Invocation.Help(HelpText.ofCommand(program, command));
    }

    private Invocation parse(Command command, List<String> words) {
        List<Option<?>> options = options(command);
        Words sorted = Words.of(options, words);
        if (sorted.values().containsKey(HelpText.HELP)) {
            return help(command);
        }
        List<String> mistakes = new ArrayList<>();
        List<String> names =
                options.stream().flatMap(option -> option.names().stream()).toList();
        sorted.unknown()
                .forEach(name -> mistakes.add("unknown option '" + shown(name) + "'" + suggestion(name, names)));
        sorted.incomplete().forEach(option -> mistakes.add(option.title() + " needs a value: " + option.label()));
        Arguments arguments = read(command, sorted, mistakes);
        long places = command.arguments().stream()
                .filter(Positional.class::isInstance)
                .count();
        sorted.positional().stream()
                .skip(places)
                .forEach(word -> mistakes.add("unexpected word '" + shown(word) + "'"));
        return mistakes.isEmpty() ? new Invocation.Run(command, arguments) : invalid(mistakes, command.name());
    }

    private static List<Option<?>> options(Command command) {
        List<Option<?>> options = new ArrayList<>();
        for (Argument<?> argument : command.arguments()) {
            if (argument instanceof Option<?> option) {
                options.add(option);
            }
        }
        options.add(HelpText.HELP);
        return options;
    }

    private static String suggestion(String mistyped, List<String> names) {
        return Suggestion.nearest(mistyped, names)
                .map(name -> ", did you mean '" + name + "'?")
                .orElse("");
    }

    private static Arguments read(Command command, Words words, List<String> mistakes) {
        Map<Argument<?>, Object> values = new HashMap<>();
        Set<Argument<?>> given = new HashSet<>();
        Set<Argument<?>> wrong = new HashSet<>(words.incomplete());
        Iterator<String> positional = words.positional().iterator();
        for (Argument<?> argument : command.arguments()) {
            Optional<String> text = switch (argument) {
                case Option<?> option -> optionText(option, words);
                case Positional<?> _ -> positional.hasNext() ? Optional.of(positional.next()) : Optional.empty();
            };
            if (text.isPresent()) {
                given.add(argument);
            }
            Optional<String> mistake = wrong.contains(argument) ? Optional.empty() : readValue(argument, text, values);
            if (mistake.isPresent()) {
                wrong.add(argument);
                mistakes.add(mistake.get());
            }
        }
        Command.Resolved resolved = command.resolver().apply(new Arguments(values, given));
        mistakes.addAll(resolved.mistakes());
        Arguments arguments = resolved.arguments();
        for (Command.Check check : command.checks()) {
            if (check.about().stream().noneMatch(wrong::contains)) {
                check.mistake().apply(arguments).ifPresent(mistakes::add);
            }
        }
        return arguments;
    }

    /** A list is all values with commas between them, anything else its last value; nothing if there is no value. */
    private static Optional<String> optionText(Option<?> option, Words words) {
        List<String> texts = words.values().getOrDefault(option, List.of());
        if (texts.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(option.repeatable() ? String.join(",", texts) : texts.getLast());
    }

    /** Puts the value of one argument, if it has one; what is wrong with it, if something is. */
    private static Optional<String> readValue(
            Argument<?> argument, Optional<String> text, Map<Argument<?>, Object> values) {
        try {
            Optional<String> effective = text.or(() -> defaultText(argument));
            effective.ifPresent(t -> values.put(argument, argument.format().parse(t)));
            return effective.isEmpty() && isRequired(argument)
                    ? Optional.of(argument.title() + " is missing; expected "
                            + argument.format().accepted())
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(badValue(argument, text.orElse(""), e));
        }
    }

    private static Optional<String> defaultText(Argument<?> argument) {
        return switch (argument) {
            case Option<?> option ->
                option.presence() == Option.Presence.DEFAULTED ? Optional.of(option.defaultText()) : Optional.empty();
            case Positional<?> _ -> Optional.empty();
        };
    }

    private static boolean isRequired(Argument<?> argument) {
        return switch (argument) {
            case Option<?> option -> option.presence() == Option.Presence.REQUIRED;
            case Positional<?> positional -> positional.required();
        };
    }

    private static String badValue(Argument<?> argument, String text, IllegalArgumentException cause) {
        String reason = cause instanceof NumberFormatException ? "" : cause.getMessage();
        return argument.title() + ": '" + shown(text) + "' is not accepted"
                + (reason == null || reason.isEmpty() ? "" : " (" + Printable.line(reason) + ")")
                + "; expected " + argument.format().accepted();
    }

    /** Foreign text for a message. */
    private static String shown(String text) {
        return Printable.line(text, SHOWN_CHARS_MAX);
    }
}
