package io.fairlead.agent.command;

import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.Console;
import io.fairlead.runtime.options.Positional;
import io.fairlead.runtime.options.ValueFormats;
import io.fairlead.runtime.options.Verb;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code fairlead completion}: prints a script by which a shell completes our commands.
 *
 * <p>Immutable.
 */
public final class CompletionCommand {

    /** Commands of the launcher. */
    private static final List<String> LAUNCHER = List.of("demo", "test", "help");

    private enum Shell {
        BASH,
        ZSH
    }

    private static final Positional<Shell> SHELL =
            Positional.required("SHELL", ValueFormats.oneOf(Shell.class), "bash or zsh");

    private CompletionCommand() {}

    /** @param others all other commands */
    public static Verb verb(Console console, List<Command> others) {
        Command command = Command.of("completion", "a script by which your shell completes these commands")
                .with(SHELL)
                .example("fairlead completion bash");
        List<Command> all = new ArrayList<>(others);
        all.add(command);
        CompletionScript script = new CompletionScript("fairlead", all, LAUNCHER);
        return new Verb(command, arguments -> {
            console.out()
                    .print(
                            switch (arguments.value(SHELL)) {
                                case BASH -> script.bash();
                                case ZSH -> script.zsh();
                            });
            return 0;
        });
    }
}
