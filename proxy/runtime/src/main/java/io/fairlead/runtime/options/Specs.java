package io.fairlead.runtime.options;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Declares our commands to picocli. Every value stays text there.
 *
 * <p>Thread-safe, since it has no state.
 */
final class Specs {

    private static final int COLUMNS = 100;
    private static final int NAME_COLUMNS = 30;

    static final Option<Boolean> HELP =
            Option.flag("--help", "Shows this text.").alias("-h");

    private Specs() {}

    /** The program with its commands, without their options. */
    static CommandSpec overview(String program, String summary, List<Command> commands) {
        CommandSpec spec = CommandSpec.create().name(program);
        spec.usageMessage()
                .width(COLUMNS)
                .customSynopsis(program + " COMMAND [OPTIONS]")
                .descriptionHeading("%n")
                .description(escaped(summary))
                .commandListHeading("%n")
                .footer("", "'" + program + " COMMAND --help' tells more about one of them.");
        for (Command command : commands) {
            CommandSpec row = CommandSpec.create();
            row.usageMessage().description(escaped(command.summary()));
            spec.addSubcommand(command.name(), row);
        }
        return spec;
    }

    /** For reading words that {@link #spelledOut} has been through. */
    static CommandSpec parser(String program, Command command) {
        CommandSpec spec = spec(program, command, "1");
        spec.parser().collectErrors(true).unmatchedArgumentsAllowed(true).expandAtFiles(false);
        return spec;
    }

    /** For showing how the command is used. */
    static CommandSpec help(String program, Command command) {
        CommandSpec spec = spec(program, command, "0");
        spec.usageMessage()
                .width(COLUMNS)
                .longOptionsMaxWidth(NAME_COLUMNS)
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .descriptionHeading("%n")
                .description(escaped(command.summary()))
                .parameterListHeading("%n")
                .optionListHeading("%n");
        if (!command.examples().isEmpty()) {
            spec.usageMessage()
                    .footerHeading("%nExamples:%n")
                    .footer(command.examples().stream()
                            .map(example -> "  " + escaped(example))
                            .toArray(String[]::new));
        }
        return spec;
    }

    /** The words as picocli shall read them: a flag never takes the next word, and underscores are hyphens. */
    static String[] spelledOut(Command command, List<String> words) {
        Map<String, Option<?>> known = new HashMap<>();
        for (Option<?> option : options(command)) {
            option.names().forEach(name -> known.put(name, option));
        }
        String[] spelledOut = words.toArray(String[]::new);
        for (int i = 0; i < spelledOut.length && !spelledOut[i].equals("--"); i++) {
            String[] parts = spelledOut[i].split("=", 2);
            String name = parts[0].replace('_', '-');
            Option<?> option = known.get(name);
            if (option != null && parts.length == 2) {
                spelledOut[i] = name + "=" + parts[1];
            } else if (option != null) {
                spelledOut[i] = option.isFlag() ? name + "=true" : name;
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

    /** @param flagArity one value to read words, none to show flags without a value */
    private static CommandSpec spec(String program, Command command, String flagArity) {
        CommandSpec spec = CommandSpec.create().name(program + " " + command.name());
        int position = 0;
        for (Argument<?> argument : command.arguments()) {
            if (argument instanceof Positional<?> positional) {
                spec.addPositional(positionalSpec(positional, position++));
            }
        }
        options(command).forEach(option -> spec.addOption(optionSpec(option, flagArity)));
        return spec;
    }

    /** A list of texts whatever its type is, so that picocli accepts repetition and we see every value. */
    private static OptionSpec optionSpec(Option<?> option, String flagArity) {
        return OptionSpec.builder(option.names().toArray(String[]::new))
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity(option.isFlag() ? flagArity : "1")
                .paramLabel(option.label())
                .description(escaped(option.description() + preset(option)))
                .build();
    }

    private static String preset(Option<?> option) {
        return switch (option.presence()) {
            case REQUIRED -> " Required.";
            case OPTIONAL -> "";
            case DEFAULTED ->
                option.isFlag() || option.defaultText().isEmpty() ? "" : " Default: " + option.defaultText() + ".";
        };
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

    /** picocli gives texts to a format of percent signs. */
    private static String escaped(String text) {
        return text.replace("%", "%%");
    }
}
