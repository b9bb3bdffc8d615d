package io.fairlead.runtime.options;

import java.util.ArrayList;
import java.util.List;

/**
 * Lays out what {@code --help} shows, in lines of at most {@value #COLUMNS} columns.
 *
 * <p>Confined to the thread that writes it.
 */
final class HelpText {

    private static final int COLUMNS = 100;
    private static final int LEFT_COLUMNS = 30;

    private final StringBuilder text = new StringBuilder();

    /** The list of a program's commands. */
    static String overview(String program, String summary, List<Command> commands) {
        HelpText help = new HelpText();
        help.text.append(summary).append("\n\nUsage: ").append(program).append(" COMMAND [options]\n\n");
        for (Command command : commands) {
            help.row("  " + command.name(), command.summary());
        }
        help.text.append("\n'").append(program).append(" COMMAND --help' tells more about one of them.\n");
        return help.text.toString();
    }

    /** Everything about one command. */
    static String command(String program, Command command, List<Option<?>> options) {
        HelpText help = new HelpText();
        List<Positional<?>> positionals = new ArrayList<>();
        StringBuilder usage = new StringBuilder("Usage: " + program + " " + command.name() + " [options]");
        for (Argument<?> argument : command.arguments()) {
            if (argument instanceof Positional<?> positional) {
                positionals.add(positional);
                usage.append(positional.required() ? " " + positional.title() : " [" + positional.title() + "]");
            }
        }
        help.text.append(usage).append("\n\n").append(command.summary()).append("\n\n");
        positionals.forEach(positional -> help.row("  " + positional.title(), positional.description()));
        help.text.append(positionals.isEmpty() ? "" : "\n");
        options.forEach(option -> help.row(spelling(option), option.description() + preset(option)));
        if (!command.examples().isEmpty()) {
            help.text.append("\nExamples:\n");
            command.examples()
                    .forEach(example -> help.text.append("  ").append(example).append('\n'));
        }
        return help.text.toString();
    }

    /** Short names line up before the long ones. */
    private static String spelling(Option<?> option) {
        String others =
                String.join(", ", option.names().subList(1, option.names().size()));
        String left = others.isEmpty() ? "      " : "  " + others + ", ";
        return left + option.title() + (option.isFlag() ? "" : "=" + option.label());
    }

    private static String preset(Option<?> option) {
        return switch (option.presence()) {
            case REQUIRED -> " Required.";
            case OPTIONAL -> "";
            case DEFAULTED ->
                option.isFlag() || option.defaultText().isEmpty() ? "" : " Default: " + option.defaultText() + ".";
        };
    }

    /** The left text, then the description in its own column, on a new line where the left one is too long. */
    private void row(String left, String description) {
        text.append(left);
        int column = left.length();
        if (column > LEFT_COLUMNS - 2) {
            text.append('\n');
            column = 0;
        }
        text.append(" ".repeat(LEFT_COLUMNS - column));
        column = LEFT_COLUMNS;
        for (String word : description.split(" ", -1)) {
            if (column > LEFT_COLUMNS && column + 1 + word.length() > COLUMNS) {
                text.append('\n').append(" ".repeat(LEFT_COLUMNS));
                column = LEFT_COLUMNS;
            } else if (column > LEFT_COLUMNS) {
                text.append(' ');
                column++;
            }
            text.append(word);
            column += word.length();
        }
        text.append('\n');
    }
}
