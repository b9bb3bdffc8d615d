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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Understands the words that a program was started with: {@code program command [options] [words]}.
 *
 * <p>picocli splits and matches the words and lays out the help; values are read by our own formats, so that every
 * mistake is found in one pass and worded the same way. Immutable.
 */
public final class CommandLine {

    private static final int WORDS_MAX = 4096;
    private static final int SHOWN_CHARS_MAX = 100;
    private static final int HELP_COLUMNS = 100;
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
        if (first.equals("help") || HELP.names().contains(first)) {
            return rest.isEmpty() ? new Invocation.Help(overview()) : helpAbout(rest.getFirst());
        }
        return find(first)
                .map(command -> parse(command, rest))
                .orElseGet(() -> invalid(List.of(unknownCommand(first)), ""));
    }

    private Invocation helpAbout(String name) {
        return find(name)
                .<Invocation>map(command -> new Invocation.Help(help(command)))
                .orElseGet(() -> invalid(List.of(unknownCommand(name)), ""));
    }

    private Optional<Command> find(String name) {
        return commands.stream().filter(command -> command.name().equals(name)).findFirst();
    }

    private String unknownCommand(String name) {
        if (name.startsWith("-")) {
            return "the command comes first, options such as " + shown(name) + " after it";
        }
        List<String> names = commands.stream().map(Command::name).toList();
        return "unknown command '" + shown(name) + "'" + Suggestion.text(name, names) + "; commands: "
                + String.join(", ", names);
    }

    private Invocation parse(Command command, List<String> words) {
        ParseResult result;
        try {
            result = new picocli.CommandLine(spec(command, "1")).parseArgs(spellOutFlags(command, words));
        } catch (ParameterException e) {
            return invalid(List.of(mistake(e)), command.name());
        }
        if (result.hasMatchedOption(HELP.title())) {
            return new Invocation.Help(help(command));
        }
        List<String> mistakes = new ArrayList<>();
        for (Exception error : result.errors()) {
            mistakes.add(mistake(error));
        }
        for (String word : result.unmatched()) {
            mistakes.add(unmatched(command, word));
        }
        Arguments arguments = read(command, result, mistakes);
        return mistakes.isEmpty() ? new Invocation.Run(command, arguments) : invalid(mistakes, command.name());
    }

    private Arguments read(Command command, ParseResult result, List<String> mistakes) {
        Map<Argument<?>, Object> values = new HashMap<>();
        Set<Argument<?>> given = new HashSet<>();
        Set<Argument<?>> wrong = new HashSet<>();
        int position = 0;
        for (Argument<?> argument : command.arguments()) {
            Optional<String> text = switch (argument) {
                case Option<?> option -> optionText(option, result);
                case Positional<?> positional -> positionalText(position++, result);
            };
            if (text.isPresent()) {
                given.add(argument);
            }
            try {
                Optional<String> effective = text.or(() -> defaultText(argument));
                effective.ifPresent(t -> values.put(argument, argument.format().parse(t)));
                if (effective.isEmpty() && isRequired(argument)) {
                    wrong.add(argument);
                    mistakes.add(argument.title() + " is missing; expected "
                            + argument.format().accepted());
                }
            } catch (IllegalArgumentException e) {
                wrong.add(argument);
                mistakes.add(badValue(argument, text.orElse(""), e));
            }
        }
        Arguments arguments = new Arguments(values, given);
        for (Command.Check check : command.checks()) {
            if (check.about().stream().noneMatch(wrong::contains)) {
                check.mistake().apply(arguments).ifPresent(mistakes::add);
            }
        }
        return arguments;
    }

    /** A list is all values with commas between them, anything else its last value. */
    private static Optional<String> optionText(Option<?> option, ParseResult result) {
        List<String> texts = result.matchedOptionValue(option.title(), List.of());
        if (texts.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(option.repeatable() ? String.join(",", texts) : texts.getLast());
    }

    private static Optional<String> positionalText(int index, ParseResult result) {
        return result.hasMatchedPositional(index)
                ? Optional.of(result.matchedPositionalValue(index, ""))
                : Optional.empty();
    }

    private static Optional<String> defaultText(Argument<?> argument) {
        return switch (argument) {
            case Option<?> option ->
                option.presence() == Option.Presence.DEFAULTED ? Optional.of(option.defaultText()) : Optional.empty();
            case Positional<?> positional -> Optional.empty();
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

    private static String mistake(Exception error) {
        if (error instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()
                && missing.getMissing().getFirst() instanceof OptionSpec option) {
            return option.longestName() + " needs a value: " + option.paramLabel();
        }
        return Printable.line(String.valueOf(error.getMessage()), 4 * SHOWN_CHARS_MAX);
    }

    private String unmatched(Command command, String word) {
        if (!word.startsWith("-")) {
            return "unexpected word '" + shown(word) + "'";
        }
        String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
        List<String> known = options(command).stream()
                .flatMap(option -> option.names().stream())
                .toList();
        return "unknown option '" + shown(name) + "'" + Suggestion.text(name, known);
    }

    /** A flag never takes the next word as its value (pflag's NoOptDefVal), so {@code --flag} is spelled out. */
    private static String[] spellOutFlags(Command command, List<String> words) {
        Set<String> flags = new HashSet<>();
        for (Option<?> option : options(command)) {
            if (option.isFlag()) {
                flags.addAll(option.names());
            }
        }
        String[] spelledOut = words.toArray(String[]::new);
        for (int i = 0; i < spelledOut.length && !spelledOut[i].equals("--"); i++) {
            if (flags.contains(spelledOut[i])) {
                spelledOut[i] += "=true";
            }
        }
        return spelledOut;
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

    private Invocation invalid(List<String> mistakes, String command) {
        String help = program + (command.isEmpty() ? "" : " " + command) + " --help";
        return new Invocation.Invalid(mistakes, "'" + help + "' shows what can be given");
    }

    private static String shown(String text) {
        return Printable.line(text, SHOWN_CHARS_MAX);
    }

    private String overview() {
        StringBuilder text = new StringBuilder(summary)
                .append("\n\nUsage: ")
                .append(program)
                .append(" COMMAND [options]\n\nCommands:\n");
        int width = commands.stream()
                .mapToInt(command -> command.name().length())
                .max()
                .orElse(0);
        for (Command command : commands) {
            text.append("  ")
                    .append(command.name())
                    .append(" ".repeat(width - command.name().length() + 2));
            text.append(command.summary()).append('\n');
        }
        return text.append("\n'")
                .append(program)
                .append(" COMMAND --help' tells more about one of them.\n")
                .toString();
    }

    private String help(Command command) {
        StringBuilder text = new StringBuilder(new picocli.CommandLine(spec(command, "0")).getUsageMessage(Ansi.OFF));
        if (!command.examples().isEmpty()) {
            text.append("\nExamples:\n");
            for (String example : command.examples()) {
                text.append("  ").append(example).append('\n');
            }
        }
        return text.toString();
    }

    /** @param flagArity one value to read the words that {@link #spellOutFlags} gives, none to show flags in the help */
    private CommandSpec spec(Command command, String flagArity) {
        CommandSpec spec = CommandSpec.create().name(program + " " + command.name());
        spec.usageMessage()
                .description(escaped(command.summary()))
                .sortOptions(false)
                .sortSynopsis(false)
                .abbreviateSynopsis(true)
                .width(HELP_COLUMNS);
        spec.parser()
                .collectErrors(true)
                .unmatchedArgumentsAllowed(true)
                .overwrittenOptionsAllowed(true)
                .expandAtFiles(false)
                .posixClusteredShortOptionsAllowed(false);
        int position = 0;
        for (Argument<?> argument : command.arguments()) {
            switch (argument) {
                case Option<?> option -> spec.addOption(optionSpec(option, flagArity));
                case Positional<?> positional -> spec.addPositional(positionalSpec(positional, position++));
            }
        }
        return spec.addOption(optionSpec(HELP, flagArity));
    }

    private static OptionSpec optionSpec(Option<?> option, String flagArity) {
        String preset = option.presence() == Option.Presence.REQUIRED
                ? " Required."
                : option.defaultText().isEmpty() || option.isFlag() ? "" : " Default: " + option.defaultText() + ".";
        return OptionSpec.builder(option.names().toArray(String[]::new))
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity(option.isFlag() ? flagArity : "1")
                .paramLabel(option.label())
                .description(escaped(option.description() + preset))
                .build();
    }

    private static PositionalParamSpec positionalSpec(Positional<?> positional, int index) {
        return PositionalParamSpec.builder()
                .index(Integer.toString(index))
                .type(String.class)
                .arity("0..1")
                .paramLabel(positional.required() ? positional.title() : "[" + positional.title() + "]")
                .hideParamSyntax(true)
                .description(escaped(positional.description()))
                .build();
    }

    /** picocli gives descriptions to a format of percent signs. */
    private static String escaped(String description) {
        return description.replace("%", "%%");
    }
}
