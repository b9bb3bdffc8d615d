package io.fairlead.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.Positional;
import io.fairlead.runtime.options.ValueFormats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script, in a real bash.
 *
 * <p>Confined to the test thread.
 */
class CompletionScriptTest {

    private static final CompletionScript SCRIPT = new CompletionScript(
            "fairlead",
            List.of(
                    Command.of("ask", "asks")
                            .with(
                                    Positional.required(
                                            "WHAT", ValueFormats.oneOf(Map.of("weather", 1)), "what to ask about"),
                                    Option.of("--output", "FORMAT", ValueFormats.oneOf(Map.of("json", 1)), "how")
                                            .alias("-o"),
                                    Option.of("--to", "FILE", ValueFormats.path(), "where to"),
                                    Option.of("--name", "NAME", ValueFormats.text(), "who"),
                                    Option.flag("--loud", "louder")),
                    Command.of("answer", "answers")),
            List.of("help"));

    @TempDir
    Path folder;

    @BeforeEach
    void writeScript() throws IOException {
        Files.writeString(folder.resolve("completion"), SCRIPT.bash());
        Files.createFile(folder.resolve("a file.txt"));
        Files.createDirectory(folder.resolve("afolder"));
    }

    /** What bash offers for the last of these words. */
    private List<String> complete(String... words) throws IOException, InterruptedException {
        String script = """
                set -u
                cd "$1"
                . ./completion
                complete -p fairlead >&2
                shift
                COMP_WORDS=("$@")
                COMP_CWORD=$(($# - 1))
                _fairlead
                [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
                """;
        List<String> line = new ArrayList<>(List.of("bash", "-c", script, "bash", folder.toString(), "fairlead"));
        line.addAll(List.of(words));
        Process bash = new ProcessBuilder(line).start();
        String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(bash.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, bash.waitFor(), err);
        assertEquals("complete -F _fairlead fairlead\n", err);
        return out.lines().sorted().toList();
    }

    @Test
    void commands() throws IOException, InterruptedException {
        assertEquals(List.of("answer", "ask", "help"), complete(""));
        assertEquals(List.of("answer", "ask"), complete("a"));
        assertEquals(List.of(), complete("x"));
    }

    @Test
    void optionsOfTheCommand() throws IOException, InterruptedException {
        assertEquals(List.of("--loud"), complete("ask", "--l"));
        assertEquals(List.of("--help"), complete("answer", "--"));
        assertEquals(List.of("--help", "--loud", "--name", "--output", "--to", "-o"), complete("ask", "weather", "-"));
        assertEquals(List.of("weather"), complete("ask", ""));
    }

    @Test
    void valuesOfOptions() throws IOException, InterruptedException {
        assertEquals(List.of("json"), complete("ask", "--output", ""));
        assertEquals(List.of("json"), complete("ask", "-o", "j"));
        assertEquals(List.of("json"), complete("ask", "--output", "=", "js"));
        assertEquals(List.of("json"), complete("ask", "--output", "="));
        assertEquals(List.of(), complete("ask", "--name", ""));
        assertEquals(List.of("a file.txt", "afolder"), complete("ask", "--to", "a"));
        assertEquals(List.of("--loud"), complete("ask", "--to", "a", "--lo"));
    }

    @Test
    void zshRunsTheSameFunction() {
        String zsh = SCRIPT.zsh();
        assertTrue(zsh.contains("\nautoload -U +X bashcompinit && bashcompinit\n"), zsh);
        assertTrue(zsh.endsWith(SCRIPT.bash().substring(SCRIPT.bash().indexOf("_fairlead()"))), zsh);
    }
}
