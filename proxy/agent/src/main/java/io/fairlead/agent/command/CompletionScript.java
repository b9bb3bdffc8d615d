package io.fairlead.agent.command;

import io.fairlead.runtime.options.Argument;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.Positional;
import java.util.ArrayList;
import java.util.List;

/**
 * A script by which a shell completes our commands, made of the commands themselves. Bash runs it as it is, zsh by its own
 * {@code bashcompinit}. Everything in it is of our making: no word needs quoting.
 *
 * <p>Immutable.
 *
 * @param program as it is typed
 * @param commands that take options
 * @param others commands of the launcher, which take none here
 */
record CompletionScript(String program, List<Command> commands, List<String> others) {

    private static final List<String> FILE_LABELS = List.of("FILE", "DIR", "DIR_OR_FILE");

    CompletionScript {
        commands = List.copyOf(commands);
        others = List.copyOf(others);
    }

    String bash() {
        StringBuilder text = new StringBuilder();
        text.append("# Completes the words of ").append(program).append(". For this shell: source <(");
        text.append(program).append(" completion bash)\n");
        text.append(function());
        text.append("complete -F _").append(program).append(' ').append(program).append('\n');
        return text.toString();
    }

    String zsh() {
        StringBuilder text = new StringBuilder();
        text.append("# Completes the words of ").append(program).append(". For this shell, after compinit: source <(");
        text.append(program).append(" completion zsh)\n");
        text.append("autoload -U +X bashcompinit && bashcompinit\n");
        text.append(function());
        text.append("complete -F _").append(program).append(' ').append(program).append('\n');
        return text.toString();
    }

    private String function() {
        StringBuilder text = new StringBuilder("_" + program + """
                () {
                    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words= options= IFS=$' \\t\\n'
                    # --option=value comes as three words.
                    if [ "$current" = "=" ]; then
                        current=
                    elif [ "$previous" = "=" ]; then
                        previous=${COMP_WORDS[COMP_CWORD-2]}
                    fi
                    COMPREPLY=()
                    if [ "$COMP_CWORD" -eq 1 ]; then
                """);
        List<String> names =
                new ArrayList<>(commands.stream().map(Command::name).toList());
        names.addAll(others);
        text.append("        COMPREPLY=($(compgen -W \"")
                .append(String.join(" ", names))
                .append("\" -- \"$current\"))\n");
        text.append("        return\n    fi\n");
        text.append("    case \"${COMP_WORDS[1]} $previous\" in\n");
        commands.forEach(command -> addValues(command, text));
        text.append("    esac\n    case \"${COMP_WORDS[1]}\" in\n");
        for (Command command : commands) {
            text.append("        ").append(command.name()).append(") words=\"");
            text.append(String.join(" ", words(command))).append("\" options=\"");
            text.append(String.join(" ", options(command))).append("\" ;;\n");
        }
        return text.append("""
                    esac
                    case "$current" in -*) words= ;; esac
                    COMPREPLY=($(compgen -W "${words:-$options}" -- "$current"))
                }
                """).toString();
    }

    /** What may stand behind options that want a value. */
    private static void addValues(Command command, StringBuilder text) {
        List<String> files = new ArrayList<>();
        List<String> free = new ArrayList<>();
        for (Argument<?> argument : command.arguments()) {
            if (argument instanceof Option<?> option && !option.label().isEmpty()) {
                List<String> patterns = option.names().stream()
                        .map(name -> "\"" + command.name() + " " + name + "\"")
                        .toList();
                if (!option.format().words().isEmpty()) {
                    text.append("        ").append(String.join(" | ", patterns)).append(")\n");
                    text.append("            COMPREPLY=($(compgen -W \"");
                    text.append(String.join(" ", option.format().words())).append("\" -- \"$current\"))\n");
                    text.append("            return ;;\n");
                } else {
                    (FILE_LABELS.contains(option.label()) ? files : free).addAll(patterns);
                }
            }
        }
        if (!files.isEmpty()) {
            text.append("        ").append(String.join(" | ", files)).append(")\n");
            text.append("            compopt -o filenames 2>/dev/null\n            IFS=$'\\n'\n");
            text.append("            COMPREPLY=($(compgen -f -- \"$current\"))\n            return ;;\n");
        }
        if (!free.isEmpty()) {
            text.append("        ").append(String.join(" | ", free)).append(") return ;;\n");
        }
    }

    private static List<String> words(Command command) {
        List<String> words = new ArrayList<>();
        for (Argument<?> argument : command.arguments()) {
            if (argument instanceof Positional<?> positional) {
                words.addAll(positional.format().words());
            }
        }
        return words;
    }

    private static List<String> options(Command command) {
        List<String> options = new ArrayList<>();
        for (Argument<?> argument : command.arguments()) {
            if (argument instanceof Option<?> option) {
                options.addAll(option.names());
            }
        }
        options.add("--help");
        return options;
    }
}
