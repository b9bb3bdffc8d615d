package io.fairlead.runtime.options;

import io.fairlead.runtime.table.Printable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Understands the words that a program was started with: {@code program command [options] [words]}.
 *
 * <p>picocli matches the words, suggests names and lays out the help; values are read by our own formats, so that every
 * mistake is found in one pass and worded the same way. Options are written as for kube-proxy (the pflag library):
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

    /** What the words ask for. Never throws for what a user can write. */
    public Invocation parse(List<String> words) {
        if (words.size() > WORDS_MAX) {
            return invalid(List.of("more than " + WORDS_MAX + " words"), "");
        }
        String first = words.isEmpty() ? "help" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        if (!first.equals("help") && !Specs.HELP.names().contains(first)) {
            return find(first).map(command -> parse(command, rest)).orElseGet(() -> unknownCommand(first));
        }
        if (rest.isEmpty()) {
            return new Invocation.Help(overview().getUsageMessage(Ansi.OFF));
        }
        return find(rest.getFirst()).map(this::help).orElseGet(() -> unknownCommand(rest.getFirst()));
    }

    private Optional<Command> find(String name) {
        return commands.stream().filter(command -> command.name().equals(name)).findFirst();
    }

    private picocli.CommandLine overview() {
        return new picocli.CommandLine(Specs.overview(program, summary, commands));
    }

    private Invocation unknownCommand(String name) {
        if (name.startsWith("-")) {
            return invalid(List.of("the command comes first, options such as " + shown(name) + " after it"), "");
        }
        String names = String.join(", ", commands.stream().map(Command::name).toList());
        return invalid(
                List.of("unknown command '" + shown(name) + "'" + suggestion(overview(), name) + "; commands: "
                        + names),
                "");
    }

    private Invocation invalid(List<String> mistakes, String command) {
        String help = program + (command.isEmpty() ? "" : " " + command) + " --help";
        return new Invocation.Invalid(mistakes, "'" + help + "' shows what can be given");
    }

    private Invocation help(Command command) {
        return new Invocation.Help(new picocli.CommandLine(Specs.help(program, command)).getUsageMessage(Ansi.OFF));
    }

    private Invocation parse(Command command, List<String> words) {
        picocli.CommandLine parser = new picocli.CommandLine(Specs.parser(program, command));
        ParseResult result = parser.parseArgs(Specs.spelledOut(command, words));
        if (result.hasMatchedOption(Specs.HELP.title())) {
            return help(command);
        }
        List<String> mistakes = new ArrayList<>();
        result.unmatched().stream()
                .filter(CommandLine::isOption)
                .forEach(word -> mistakes.add(unknownOption(parser, word)));
        result.errors().forEach(error -> mistakes.add(mistake(error)));
        Arguments arguments = read(command, result, mistakes);
        result.unmatched().stream()
                .filter(word -> !isOption(word))
                .forEach(word -> mistakes.add("unexpected word '" + shown(word) + "'"));
        return mistakes.isEmpty() ? new Invocation.Run(command, arguments) : invalid(mistakes, command.name());
    }

    private static boolean isOption(String word) {
        return word.startsWith("-") && !word.equals("-");
    }

    private static String unknownOption(picocli.CommandLine parser, String word) {
        String name = word.split("=", 2)[0];
        return "unknown option '" + shown(name) + "'" + suggestion(parser, name);
    }

    private static String suggestion(picocli.CommandLine parser, String mistyped) {
        List<String> names = new UnmatchedArgumentException(parser, List.of(mistyped)).getSuggestions();
        return names.isEmpty() ? "" : ", did you mean '" + names.getFirst() + "'?";
    }

    private static String mistake(Exception error) {
        if (error instanceof MissingParameterException missing
                && missing.getMissing().getFirst() instanceof OptionSpec option) {
            return option.names()[0] + " needs a value: " + option.paramLabel();
        }
        return Printable.line(String.valueOf(error.getMessage()), 4 * SHOWN_CHARS_MAX);
    }

    private static Arguments read(Command command, ParseResult result, List<String> mistakes) {
        Map<Argument<?>, Object> values = new HashMap<>();
        Set<Argument<?>> given = new HashSet<>();
        Set<Argument<?>> wrong = new HashSet<>();
        int position = 0;
        for (Argument<?> argument : command.arguments()) {
            Optional<String> text = switch (argument) {
                case Option<?> option -> optionText(option, result);
                case Positional<?> _ -> Optional.ofNullable(result.matchedPositionalValue(position++, null));
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
    private static Optional<String> optionText(Option<?> option, ParseResult result) {
        List<String> texts = result.matchedOptionValue(option.title(), List.of());
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
