package io.fairlead.runtime.options;

import io.fairlead.runtime.table.Printable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Understands the words that a program was started with: {@code program command [options] [words]}.
 *
 * <p>Every mistake is found in one pass. Why not picocli: its classes are compiled for Java 5, which the JVM's AOT
 * cache cannot hold and its old verifier checks slowly. That was 0.1 s of every start, half of what {@code fairlead
 * status} takes. Immutable.
 */
public final class CommandLine {

    private static final int WORDS_MAX = 4096;
    private static final Option<Boolean> HELP =
            Option.flag("--help", "Shows this text.").alias("-h");

    private final String program;
    private final String summary;
    private final List<Command> commands;

    public CommandLine(String program, String summary, List<Command> commands) {
        this.program = program;
        this.summary = summary;
        this.commands = List.copyOf(commands);
    }

    /** What the words ask for. Never throws for what a user can write. */
    public Invocation parse(List<String> words) {
        if (words.size() > WORDS_MAX) {
            return invalid(List.of("more than " + WORDS_MAX + " words"), "");
        }
        String first = words.isEmpty() ? "help" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        if (!first.equals("help") && !HELP.names().contains(first)) {
            return find(first).map(command -> parse(command, rest)).orElseGet(() -> unknownCommand(first));
        }
        if (rest.isEmpty()) {
            return new Invocation.Help(HelpText.overview(program, summary, commands));
        }
        return find(rest.getFirst()).map(this::help).orElseGet(() -> unknownCommand(rest.getFirst()));
    }

    private Optional<Command> find(String name) {
        return commands.stream().filter(command -> command.name().equals(name)).findFirst();
    }

    private Invocation unknownCommand(String name) {
        if (name.startsWith("-")) {
            String mistake = "the command comes first, options such as " + Words.shown(name) + " after it";
            return invalid(List.of(mistake), "");
        }
        List<String> names = commands.stream().map(Command::name).toList();
        String mistake = "unknown command '" + Words.shown(name) + "'" + Suggestion.text(name, names) + "; commands: "
                + String.join(", ", names);
        return invalid(List.of(mistake), "");
    }

    private Invocation invalid(List<String> mistakes, String command) {
        String help = program + (command.isEmpty() ? "" : " " + command) + " --help";
        return new Invocation.Invalid(mistakes, "'" + help + "' shows what can be given");
    }

    private Invocation help(Command command) {
        return new Invocation.Help(HelpText.command(program, command, options(command)));
    }

    private static List<Option<?>> options(Command command) {
        List<Option<?>> options = new ArrayList<>();
        for (Argument<?> argument : command.arguments()) {
            if (argument instanceof Option<?> option) {
                options.add(option);
            }
        }
        options.add(HELP);
        return options;
    }

    private Invocation parse(Command command, List<String> line) {
        Words words = new Words(options(command), line);
        if (words.isGiven(HELP)) {
            return help(command);
        }
        List<String> mistakes = new ArrayList<>(words.mistakes());
        Arguments arguments = read(command, words, mistakes);
        return mistakes.isEmpty() ? new Invocation.Run(command, arguments) : invalid(mistakes, command.name());
    }

    private static Arguments read(Command command, Words words, List<String> mistakes) {
        Map<Argument<?>, Object> values = new HashMap<>();
        Set<Argument<?>> given = new HashSet<>();
        Set<Argument<?>> wrong = new HashSet<>();
        List<String> left = new ArrayList<>(words.positional());
        for (Argument<?> argument : command.arguments()) {
            Optional<String> text = switch (argument) {
                case Option<?> option -> words.text(option);
                case Positional<?> _ -> left.isEmpty() ? Optional.empty() : Optional.of(left.removeFirst());
            };
            if (text.isPresent()) {
                given.add(argument);
            }
            Optional<String> mistake = readValue(argument, text, values);
            if (mistake.isPresent()) {
                wrong.add(argument);
                mistakes.add(mistake.get());
            }
        }
        left.forEach(word -> mistakes.add("unexpected word '" + Words.shown(word) + "'"));
        Arguments arguments = new Arguments(values, given);
        for (Command.Check check : command.checks()) {
            if (check.about().stream().noneMatch(wrong::contains)) {
                check.mistake().apply(arguments).ifPresent(mistakes::add);
            }
        }
        return arguments;
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
        return argument.title() + ": '" + Words.shown(text) + "' is not accepted"
                + (reason == null || reason.isEmpty() ? "" : " (" + Printable.line(reason) + ")")
                + "; expected " + argument.format().accepted();
    }
}
