package io.fairlead.runtime.options;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@code --help} prints, in lines of at most 100 characters.
 *
 * <p>Confined to one thread.
 */
final class HelpText {

    private static final int COLUMNS = 100;
    private static final int LEFT_COLUMNS_MAX = 36;
    private static final String GAP = "  ";

    static final Option<Boolean> HELP = Option.flag("--help", "show this text").alias("-h");

    private final StringBuilder text = new StringBuilder();

    private HelpText() {}

    /** The program with its commands, without their options. */
    static String ofProgram(String program, String summary, List<Command> commands) {
        HelpText help = new HelpText();
        help.text.append("Usage: ").append(program).append(" COMMAND [OPTIONS]\n\n");
        help.text.append(summary).append("\n\n");
        help.table(commands.stream()
                .map(command -> new Row(GAP + command.name(), command.summary()))
                .toList());
        help.text.append("\n'").append(program).append(" COMMAND --help' tells more about one of them.\n");
        return help.text.toString();
    }

    /** How one command is used. */
    static String ofCommand(String program, Command command) {
        HelpText help = new HelpText();
        List<Row> words = new ArrayList<>();
        List<Row> options = new ArrayList<>();
        StringBuilder usage = new StringBuilder(program + " " + command.name() + " [OPTIONS]");
        for (Argument<?> argument : command.arguments()) {
            switch (argument) {
                case Positional<?> word -> {
                    usage.append(word.required() ? " " + word.title() : " [" + word.title() + "]");
                    words.add(new Row(" ".repeat(6) + word.title(), word.description()));
                }
                case Option<?> option -> options.add(row(option));
            }
        }
        options.add(row(HELP));
        help.text.append("Usage: ").append(usage).append("\n\n");
        help.text.append(command.summary()).append("\n\n");
        if (!words.isEmpty()) {
            help.table(words);
            help.text.append('\n');
        }
        help.table(options);
        if (!command.examples().isEmpty()) {
            help.text.append("\nExamples:\n");
            command.examples()
                    .forEach(example -> help.text.append(GAP).append(example).append('\n'));
        }
        return help.text.toString();
    }

    /** Immutable. */
    private record Row(String left, String right) {}

    private static Row row(Option<?> option) {
        List<String> names = option.names().stream()
                .sorted((one, other) -> Boolean.compare(one.startsWith("--"), other.startsWith("--")))
                .toList();
        String left = (names.getFirst().startsWith("--") ? " ".repeat(6) : GAP)
                + String.join(", ", names)
                + (option.isFlag() ? "" : "=" + option.label());
        String preset = switch (option.presence()) {
            case REQUIRED -> " (required)";
            case OPTIONAL -> "";
            case DEFAULTED ->
                option.isFlag() || option.defaultText().isEmpty() ? "" : " (default: " + option.defaultText() + ")";
        };
        return new Row(left, option.description() + preset);
    }

    /** What does not fit into the left column has a line of its own. */
    private void table(List<Row> rows) {
        int left = rows.stream()
                .mapToInt(row -> row.left.length())
                .filter(length -> length <= LEFT_COLUMNS_MAX)
                .max()
                .orElse(0);
        String indent = " ".repeat(left) + GAP;
        for (Row row : rows) {
            text.append(row.left);
            text.append(row.left.length() <= left ? indent.substring(row.left.length()) : "\n" + indent);
            wrap(row.right, indent);
        }
    }

    private void wrap(String sentence, String indent) {
        int used = indent.length();
        boolean first = true;
        for (String word : sentence.split(" ", -1)) {
            if (!first && used + 1 + word.length() > COLUMNS) {
                text.append('\n').append(indent);
                used = indent.length();
            } else if (!first) {
                text.append(' ');
                used++;
            }
            text.append(word);
            used += word.length();
            first = false;
        }
        text.append('\n');
    }
}
